"""What the certificates of one submission show of one condition: the best that any of them shows, and why."""

from collections.abc import Sequence
from datetime import date

from services.eligibility import readings
from services.eligibility.evidence import AS_RESULT, Case, Evidence, best
from services.eligibility.kleene import Result
from services.eligibility.trust import Sent
from services.eligibility.wording import declared
from services.eligibility.work import works_in
from shared.catalog.conditions import AgeBetween, DeclaresWork, Leaf, LivesIn, WorksIn
from shared.regions import in_seoul


def evidence(leaf: Leaf, sent: Sequence[Sent], case: Case) -> Evidence:
    """Give the best evidence for `leaf`; while it cannot be told, with every question whose answer could tell it."""
    if isinstance(leaf.test, DeclaresWork):
        return _declares(leaf.test, case)
    found = [_of_one(leaf, one, case)._replace(sent=one) for one in sent if one.kind in leaf.observes and one.counts]
    return best(found) if found else Evidence(leaf.when_not_sent, "not_sent")


def _of_one(leaf: Leaf, one: Sent, case: Case) -> Evidence:
    if one.doubt:
        return Evidence("cannot_tell", one.doubt, one.doubted, one.words, one.doubt_paths)
    match leaf.test:
        case AgeBetween() as test:
            return _age(test, one, case)
        case LivesIn():
            return _lives(leaf.observes[one.kind], one, case.as_of)
        case WorksIn() as test:
            return works_in(test, one, case)
    raise AssertionError(leaf.test.kind)  # pragma: no cover - the kinds are a closed set


def _age(test: AgeBetween, one: Sent, case: Case) -> Evidence:
    """Completed years (만 나이): who is born on 29 February is a year older on 1 March of a year without that day.

    That reading, of two, is unconfirmed; it is the one in which the last day of February still belongs to the old year.
    """
    born, as_of = case.submitter.birth_date, case.as_of
    before_birthday = test.counted == "birthday" and (as_of.month, as_of.day) < (born.month, born.day)
    age = as_of.year - born.year - before_birthday
    why = "age" if test.counted == "birthday" else "age_by_year"
    result: Result = "met" if test.low <= age <= test.high else "not_met"
    return Evidence(result, why, born.isoformat(), {"as_of": as_of, "age": age}, (one.holder.birth_path,))


def _lives(value: str, one: Sent, as_of: date) -> Evidence:
    address = readings.text_of(one.certificate, value)
    status, moved_in = (one.holder.birth_path.replace("birth_date", name) for name in ("status", "moved_in_on"))
    if disputed := readings.disputed(one.certificate, (value, status, moved_in, "moved_in_on")):
        return Evidence("cannot_tell", "sources_disagree", paths=disputed)
    if not address:
        return Evidence("cannot_tell", "value_absent")
    if not one.holder.resident:
        return Evidence("cannot_tell", "not_a_resident_entry", address, paths=(value, status))
    if one.holder.moved_in and one.holder.moved_in > as_of:
        return Evidence("cannot_tell", "moved_in_later", address, {"as_of": as_of}, (value, one.holder.moved_in_path))
    place = in_seoul(address, readings.text_of(one.certificate, f"{value}_district_code") or None)
    why = "address_unknown" if place == "unknown" else "address"
    return Evidence(AS_RESULT[place], why, address, {"observed": address}, (value,))


def _declares(test: DeclaresWork, case: Case) -> Evidence:
    work = case.submitter.declared_work
    if work == test.work:
        return Evidence("cannot_tell", "declared", work, {"work": declared(work)})
    return Evidence("not_met", "not_declared", work or "", {"work": declared(work)})
