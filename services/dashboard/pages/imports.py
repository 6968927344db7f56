"""Decisions that come in as a CSV file of receipt numbers: what is wrong is told line by line, the rest is a draft."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.dashboard.batch import Batch, batch_id_of
from services.dashboard.decisions_file import Line, NotAFile, judged, read
from services.dashboard.desk import Desk
from services.dashboard.filters import Filter
from services.dashboard.pages.drafting import MOST, two_decide, write_draft
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import ActsWithFile, DeskOf, SignedIn, needs
from services.dashboard.pages.reaching import reach_of, reachable
from services.dashboard.reach import Reach
from services.dashboard.rules import Entry

router = APIRouter()

_SOME = 500
_PROBLEMS = 500
"""Lines that make no decision, of which the first are kept with the draft."""
_WRONG_FILES = ("not_text", "no_columns", "too_many", "nothing")


@router.get("/imports")
@needs("draft")
async def ask(
    request: Request, desk: DeskOf, visit: SignedIn, programme: str = "", office: str = "", wrong: str = ""
) -> Response:
    """Ask for the file; `wrong` tells why the last one was none."""
    mine = reach_of(desk, visit, programme, office)
    return draw(
        request,
        visit,
        "import.html",
        programme=mine.programme,
        reach=mine,
        programmes=reachable(desk, visit),
        wrong=wrong if wrong in _WRONG_FILES else "",
        most=MOST,
    )


@router.post("/imports")
@needs("draft")
async def take(desk: DeskOf, acting: ActsWithFile) -> Response:
    """Take a file in: fields `programme`, `office`, `file` and `token`. What is good becomes a draft; none is decided.

    Of a file with lines of several offices, those of the one that is worked on are taken.
    """
    mine = reach_of(desk, acting.visit, acting.text("programme"), acting.text("office"))
    try:
        lines = read(await acting.file("file"), MOST)
    except NotAFile as error:
        return _again(mine, str(error))
    entries = await _entries(desk, lines)
    pending = await desk.stores.rows.pending((entry.submission_id for entry in entries.values()), desk.clock())

    def may(office: str) -> bool:
        return mine.office in ("", office) and acting.visit.may("draft", mine.programme.id, office)

    good, problems, _ = judged(lines, entries, pending, programme_id=mine.programme.id, may=may)
    if not good and not problems:
        return _again(mine, "nothing")
    chosen = sorted(f"{entry.submission_id}{decision}{reason}" for entry, decision, reason in good)
    batch_id = batch_id_of(acting.text("token"), *chosen)
    batch = Batch(
        batch_id, acting.person, mine.programme.id, desk.clock(),
        second=two_decide(desk, acting.visit, mine.programme.id, mine.office),
        file=True, problems=tuple(problems[:_PROBLEMS]), wrong=len(problems), office=mine.office,
    )  # fmt: skip
    reasons = {entry.submission_id: reason for entry, _, reason in good if reason}
    await write_draft(desk, batch, [(entry, decision) for entry, decision, _ in good], reasons=reasons)
    return RedirectResponse(f"/batches/{batch_id}", 303)


async def _entries(desk: Desk, lines: list[Line]) -> dict[str, Entry]:
    receipts = list(dict.fromkeys(line.receipt for line in lines if line.receipt))
    found: dict[str, Entry] = {}
    for start in range(0, len(receipts), _SOME):
        found |= await desk.stores.queue.by_receipts(receipts[start : start + _SOME])
    return found


def _again(mine: Reach, reason: str) -> Response:
    return RedirectResponse(f"/imports?{Filter(mine.programme.id, office=mine.office).query()}&wrong={reason}", 303)
