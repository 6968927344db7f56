"""An income beside the standard median income: for a person to see, never a decision.

Whether a household's recognised income (소득인정액) is within a limit is not on any certificate of a citizen: it adds
converted assets and is found by the district office.
"""

from pydantic import JsonValue

from services.eligibility import household, readings
from services.eligibility.evidence import Case, Evidence, Look
from services.eligibility.wording import Said
from shared.catalog.parameters import Amount

_MONTHS = 12


def income_at_most(look: Look) -> Evidence:
    """Compare the newest year's income on the certificate, by the month, with the limit for the register's members."""
    certificate, value, percent = look.sent.certificate, look.value, look.test.percent
    numbered = list(enumerate(readings.rows(certificate, value)))
    cells = [f"{value}[{at}].{name}" for at, _ in numbered for name in ("year", "income")]
    if disputed := readings.disputed(certificate, cells or [value]):
        return Evidence("cannot_tell", "sources_disagree", look.sent, paths=disputed)
    dated = [(_whole(row.get("year")), at, _whole(row.get("income"))) for at, row in numbered]
    newest = max((year for year, _, won in dated if year is not None and won is not None), default=None)
    counted = [(at, won) for year, at, won in dated if year == newest and won is not None]
    if newest is None:
        return Evidence("cannot_tell", "value_absent", look.sent)
    monthly, paths = sum(won for _, won in counted) // _MONTHS, tuple(f"{value}[{at}].income" for at, _ in counted)
    words: dict[str, object] = {"year": newest, "monthly": f"{monthly:,}", "percent": percent}
    persons = household.members(look.case.sent)
    median = _median(persons, look.case)
    if median is None:
        return Evidence("cannot_tell", "income_alone", look.sent, str(monthly), words, paths)
    words |= {"persons": persons, "limit": f"{median.won * percent // 100:,}"}
    words["label"] = Said(" (미확인)", " (unverified)") if median.label else ""
    return Evidence("cannot_tell", "income_beside_median", look.sent, str(monthly), words, paths)


def _median(persons: int | None, case: Case) -> Amount | None:
    table = case.median_income.on(case.as_of) if case.median_income else None
    return table.of(persons) if table and persons else None


def _whole(value: JsonValue) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
