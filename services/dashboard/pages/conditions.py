"""The conditions of a screening, as they stand on the screen. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from services.dashboard.pages.language import said, spoken
from services.dashboard.pages.moments import moment
from services.dashboard.pages.notes import anchor
from services.dashboard.rules import without_rrn
from shared.catalog import Programme
from shared.corrections import Correction


@dataclass(frozen=True)
class Condition:
    """One condition with its result, why, and the boxes it rests on."""

    name: str
    result: str
    reason: str
    observed: str
    law: str
    anchors: tuple[str, ...]
    code: str = ""
    by_person: bool = False
    """Whether an official's finding settles it."""
    said: str = ""
    """By whom, when and why it was found out, where it was."""


def conditions(
    screening: Mapping[str, JsonValue] | None,
    programme: Programme | None,
    boxes: Collection[str],
    corrections: Iterable[Correction] = (),
) -> list[Condition]:
    """Give the conditions of a sealed screening, named as the programme version that it was made under names them.

    `boxes` are the names of those on the pages; nothing leads to one that is not there.
    """
    leaves = {leaf.code: leaf for leaf in programme.leaves} if programme else {}
    found_out = {code: one for one in corrections for code in one.conditions}
    found: Any = (screening or {}).get("conditions") or ()
    return [
        Condition(
            name=said(leaves[item["code"]].name) if item["code"] in leaves else item["code"],
            result=item["result"],
            reason=without_rrn(reason_of(item)),
            observed=without_rrn(str(item.get("observed") or "")),
            law=item.get("law") or "",
            anchors=tuple(
                name
                for path in item.get("fields") or ()
                if item.get("part") is not None and (name := anchor(item["part"], path)) in boxes
            ),
            code=item["code"],
            by_person=item["code"] in leaves and leaves[item["code"]].by_person,
            said=_told(found_out[item["code"]]) if item["code"] in found_out else "",
        )
        for item in found
    ]


def reason_of(condition: Mapping[str, Any]) -> str:
    """Give why a sealed condition came out as it did, in the language of the page."""
    found: str = condition.get(f"reason_{spoken()}") or condition.get("reason_ko") or ""
    return found


def _told(one: Correction) -> str:
    return f"{one.official} · {moment(one.at)} · {without_rrn(one.reason)}"
