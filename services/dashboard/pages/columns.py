"""The columns of exported tables, their headings and cells. Pure; read values only from what the gate has opened."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from services.dashboard.batch import Row
from services.dashboard.pages import words
from services.dashboard.pages.conditions import reason_of
from services.dashboard.pages.labels import Labels
from services.dashboard.pages.language import WORDS, said, titled
from services.dashboard.pages.language import gettext as _
from services.dashboard.pages.moments import moment
from services.dashboard.rules import Entry, without_rrn
from services.dashboard.selection import group_of
from services.dashboard.sheets import Cell
from shared.catalog import Catalog, Programme
from shared.events import SelectionRow
from shared.gate import Opened

QUEUE = WORDS | {
    "receipt": "접수번호",
    "wallet": "지갑 앱",
    "office": "담당",
    "received": "접수 시각",
    "class": "분류",
    "viewed": "열람 시각",
    "decision": "결정",
}
RUN = WORDS | {"id": "제출번호", "place": "선정 순위", "outcome": "선별 결과", "group": "선정 구분"}
"""With the submission id, which names nobody: a lottery draws by it, so without it nobody outside could draw again."""
BATCH = WORDS | {
    "receipt": "접수번호",
    "decision": "결정",
    "ending": "처리 결과",
    "reason": "안 된 까닭",
    "office": "담당",
    "at": "시각",
}
DIFF = WORDS | {"receipt": "접수번호", "received": "접수 시각", "before": "앞", "after": "뒤"}
_LOOK = WORDS | {
    "look": "열람 결과",
    "name": "제출자 성명",
    "birth_date": "제출자 생년월일",
    "declared_work": "신고한 근로 형태",
}
_OWN = WORDS | {"authenticity": "진본 확인", "number": "발급번호", "issued_on": "발급일"}


def names_of(catalog: Catalog) -> tuple[dict[str, str], dict[str, str]]:
    """Give the names of wallet apps and of offices, by id; with its institution's where two offices are named alike."""
    wallets = {one.id: said(one.name) for one in catalog.wallets.values()}
    often = Counter(said(office.name) for _, office in catalog.offices)
    offices = {
        office.id: said(office.name) if often[said(office.name)] == 1 else f"{said(place.name)} · {said(office.name)}"
        for place, office in catalog.offices
    }
    return wallets, offices


def queue_cells(entry: Entry, wallets: Mapping[str, str], offices: Mapping[str, str]) -> list[Cell]:
    """Give the cells under `QUEUE`: nothing that was read from a certificate."""
    standing = entry.standing
    return [
        standing.receipt,
        wallets.get(standing.wallet_app or "", standing.wallet_app),
        offices.get(standing.office or "", standing.office),
        moment(standing.received_at) if standing.received_at else "",
        words.of(words.CLASS, standing.submission_class),
        moment(standing.viewed_at) if standing.viewed_at else "",
        words.of(words.DECISION, standing.decision) if standing.decision else "",
    ]


def run_cells(row: SelectionRow) -> list[Cell]:
    """Give the cells under `RUN`."""
    group = words.of(words.GROUP, group_of(row)) if row.outcome == "eligible" else ""
    return [row.submission_id, row.place, words.of(words.CLASS, row.outcome), group]


def batch_cells(row: Row, offices: Mapping[str, str]) -> list[Cell]:
    """Give the cells under `BATCH`."""
    return [
        row.receipt,
        words.of(words.DECISION, row.decision) if row.decision else "",
        words.of(words.ENDING, row.ending or ""),
        words.of(words.REFUSED, row.reason) if row.reason else "",
        offices.get(row.office or "", row.office),
        moment(row.at) if row.at else "",
    ]


def value_headings(programme: Programme, catalog: Catalog) -> list[str]:
    """Give the headings of read values: who submitted, each condition, and each value of each kind it accepts."""
    found = [*_LOOK.values(), *(_("조건: {name}").format(name=said(leaf.name)) for leaf in programme.leaves)]
    for kind in programme.accepts.kinds:
        labels, title = Labels(catalog.certificates[kind]), titled(catalog.certificates[kind])
        found += [
            f"{title}: {name}" for name in (*_OWN.values(), *map(labels.of, catalog.certificates[kind].value_names))
        ]
    return found


def value_cells(opened: Opened, programme: Programme, catalog: Catalog) -> list[Cell]:
    """Give the cells under `value_headings`, without the back part of any resident registration number."""
    submitter = opened.submitter
    found: list[Cell] = [_("열람함"), submitter.name, submitter.birth_date.isoformat()]
    found.append(words.of(words.WORK, submitter.declared_work) if submitter.declared_work else "")
    screened: Any = (opened.screening or {}).get("conditions") or ()
    results = {item["code"]: item for item in screened}
    found += [_condition(results.get(leaf.code)) for leaf in programme.leaves]
    certificates = opened.facts.certificates if opened.facts else ()
    for kind in programme.accepts.kinds:
        sent = [one for one in certificates if one.kind == kind]
        labels = Labels(catalog.certificates[kind])
        found.append(_joined(words.of(words.AUTHENTICITY, one.authenticity) for one in sent))
        found.append(_joined(one.number for one in sent))
        found.append(_joined(one.issued_on.isoformat() if one.issued_on else None for one in sent))
        for name in catalog.certificates[kind].value_names:
            found.append(_joined(labels.write(name, one.values[name]) for one in sent if name in one.values))
    return [without_rrn(cell) if isinstance(cell, str) else cell for cell in found]


def refused_cells(reason: str, width: int) -> list[Cell]:
    """Give the cells of one that was not opened: why, and nothing else."""
    return [f"{_('열지 못함')}: {words.of(words.REFUSED, reason)}", *[""] * (width - 1)]


def _condition(result: Any) -> str:
    return f"{words.of(words.RESULT, result['result'])}: {reason_of(result)}" if result else ""


def _joined(texts: Iterable[str | None]) -> str:
    return " / ".join(text for text in texts if text)
