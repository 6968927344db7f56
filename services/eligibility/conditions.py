"""What the certificates of one submission show of one condition: the best that any of them shows, and why.

A test is one small function here or beside here, by its `kind`: what it gives rests on nothing but its arguments.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial

from services.eligibility import household, readings
from services.eligibility.evidence import AS_RESULT, Case, Evidence, Look, Printed, best
from services.eligibility.income import income_at_most
from services.eligibility.kleene import Result
from services.eligibility.trust import Sent
from services.eligibility.wording import Said, declared
from services.eligibility.work import works_in
from shared.catalog.conditions import AgeBetween, DeclaresWork, Leaf, Ticked, Work
from shared.facts import Settled
from shared.regions import in_region

_REGION_NAMES = {"seoul": Said("서울", "Seoul"), "capital_area": Said("수도권", "the capital area")}
"""What a region is called in a sentence; a district by its own name."""


Shown = Callable[[Sequence[Sent], Case], Evidence]
"""Gives the best evidence for one condition out of the certificates that count."""


def shown(leaf: Leaf) -> Shown:
    """Put together, once for all that are decided by it, what shows `leaf`.

    While it cannot be told, its evidence has every question whose answer could tell it. What an official found of a
    condition that certificates leave open comes before whatever these show.
    """
    by_machine, code = _shown_by_machine(leaf), leaf.code
    if not leaf.by_person:
        return by_machine

    def best_of(counting: Sequence[Sent], case: Case) -> Evidence:
        said = case.settled.get(code)
        return _by_person(said) if said else by_machine(counting, case)

    return best_of


def _by_person(said: Settled) -> Evidence:
    return Evidence(said.result, "person", None, words={"source": said.source, "on": said.on, "by": said.by})


def _shown_by_machine(leaf: Leaf) -> Shown:
    test, observes = leaf.test, leaf.observes
    if test.kind == "external":
        asks = Said(test.asks.ko, test.asks.en)
        return _always(Evidence(test.unless_shown, "external", None, words={"asks": asks}))
    if test.kind == "declares_work":
        declares = cache(partial(_declares, test))
        return lambda _, case: declares(case.submitter.declared_work)
    of_one = _OF_ONE[test.kind]
    not_sent = Evidence(leaf.when_not_sent, "not_sent", None)

    def best_of(counting: Sequence[Sent], case: Case) -> Evidence:
        found = [
            _doubted(one) if one.doubt else of_one(Look(test, observes[one.certificate.kind], one, case))
            for one in counting
            if one.certificate.kind in observes
        ]
        if len(found) < 2:
            return found[0] if found else not_sent
        if test.kind == "holds" and {"met", "not_met"} <= {one.result for one in found}:
            return Evidence("cannot_tell", "contradictory", found[0].sent, paths=found[0].paths)
        return best(found)

    return best_of


def _always(evidence: Evidence) -> Shown:
    return lambda counting, case: evidence


def _doubted(one: Sent) -> Evidence:
    return Evidence("cannot_tell", one.doubt or "", one, one.doubted, one.words, one.doubt_paths)


def _age(look: Look) -> Evidence:
    """Completed years (만 나이): who is born on 29 February is a year older on 1 March of a year without that day.

    That reading, of two, is unconfirmed; it is the one in which the last day of February still belongs to the old year.
    """
    test: AgeBetween = look.test
    born, as_of = look.case.submitter.birth_date, look.case.as_of
    age = readings.age(born, as_of) if test.counted == "birthday" else as_of.year - born.year
    why = "age" if test.counted == "birthday" else "age_by_year"
    result: Result = "met" if test.low <= age and (test.high is None or age <= test.high) else "not_met"
    words = {"as_of": as_of, "age": age}
    return Evidence(result, why, look.sent, born.isoformat(), words, (look.sent.holder.birth_path,))


def _lives(look: Look) -> Evidence:
    value, certificate, holder, as_of = look.value, look.sent.certificate, look.sent.holder, look.case.as_of
    region: str = look.test.region
    address = readings.text_of(certificate, value)
    if certificate.findings or not holder.resident:
        status, moved_in = (holder.birth_path.replace("birth_date", name) for name in ("status", "moved_in_on"))
        if disputed := readings.disputed(certificate, (value, status, moved_in, "moved_in_on")):
            return Evidence("cannot_tell", "sources_disagree", look.sent, paths=disputed)
    if not address:
        return Evidence("cannot_tell", "value_absent", look.sent)
    if not holder.resident:
        return Evidence("cannot_tell", "not_a_resident_entry", look.sent, address, paths=(value, status))
    if holder.moved_in and holder.moved_in > as_of:
        return Evidence(
            "cannot_tell", "moved_in_later", look.sent, address, {"as_of": as_of}, (value, holder.moved_in_path)
        )
    place = in_region(region, address, readings.text_of(certificate, f"{value}_district_code") or None)
    words = {"observed": address, "region": _REGION_NAMES.get(region) or Said(f"서울 {region}", region)}
    why = "address_unknown" if place == "unknown" else "address"
    return Evidence(AS_RESULT[place], why, look.sent, address, words, (value,))


def _holds(look: Look) -> Evidence:
    if look.sent.certificate.kind in look.test.contradicted_by:
        return Evidence("not_met", "contradicted", look.sent, paths=(look.value,))
    return Evidence("met", "held", look.sent, paths=(look.value,))


def _one_of(look: Look) -> Evidence:
    certificate, value = look.sent.certificate, look.value
    code = readings.text_of(certificate, value)
    if not code:
        return _absent(look)
    words = {"observed": Printed(certificate.kind, value, (code,))}
    return Evidence("met" if code in look.test.codes else "not_met", "chosen", look.sent, code, words, (value,))


def _ticked(look: Look) -> Evidence:
    test: Ticked = look.test
    certificate, value = look.sent.certificate, look.value
    read = certificate.values.get(value)
    ticks = tuple(code for code in read if isinstance(code, str)) if isinstance(read, list) else ()
    if not ticks:
        return _absent(look)
    named = [code in test.codes for code in ticks]
    met = {"none_of": not any(named), "only": all(named), "any_of": any(named)}[test.relation]
    words = {"observed": Printed(certificate.kind, value, ticks)}
    return Evidence("met" if met else "not_met", "ticked", look.sent, " ".join(ticks), words, (value,))


def _absent(look: Look) -> Evidence:
    disputed = readings.disputed(look.sent.certificate, (look.value,))
    return Evidence("cannot_tell", "sources_disagree" if disputed else "value_absent", look.sent, paths=disputed)


def _declares(test: DeclaresWork, work: Work | None) -> Evidence:
    if work == test.work:
        return Evidence("cannot_tell", "declared", None, work, {"work": declared(work)})
    return Evidence("not_met", "not_declared", None, work or "", {"work": declared(work)})


_OF_ONE: Mapping[str, Callable[[Look], Evidence]] = {
    "age_between": _age,
    "lives_in": _lives,
    "works_in": works_in,
    "holds": _holds,
    "one_of": _one_of,
    "ticked": _ticked,
    "in_register": household.in_register,
    "spouse_in_register": household.spouse_in_register,
    "income_at_most": income_at_most,
}
