"""Questions about the world: one answer settles every review that waits on it, and can be changed or taken back."""

from typing import get_args

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import Acts, DeskOf, SignedIn, needs
from services.dashboard.pages.reaching import led, must_lead, programme_of
from services.dashboard.pages.troubles import Forbidden, NotThere
from shared.questions import AnswerValue, GivenAnswer

router = APIRouter()

_SHOWN = 100
_VALUES: tuple[AnswerValue, ...] = get_args(AnswerValue)


@router.get("/questions")
@needs("see")
async def questions(
    request: Request, desk: DeskOf, visit: SignedIn, programme: str = "", conflict: str = ""
) -> Response:
    """Show open questions, those that most reviews wait on first, and the latest answers."""
    chosen = programme_of(desk, visit, programme)
    waiting = await desk.stores.queue.waiting(chosen.id)
    most = sorted(waiting, key=lambda name: (-waiting[name], name))[:_SHOWN]
    never = await desk.stores.questions.latest(chosen.id, answered=False, limit=_SHOWN + 1)
    once = await desk.stores.questions.latest(chosen.id, answered=True, limit=_SHOWN + 1)
    names = list(dict.fromkeys((*most, *never[:_SHOWN], *once[:_SHOWN])))
    found = await desk.questions.get(names)
    asked = [found[name] for name in names if name in found and found[name].text is not None]
    return draw(
        request,
        visit,
        "questions.html",
        programme=chosen,
        programmes=led(desk, visit),
        waiting=waiting,
        open_questions=[question for question in asked if question.answer is None],
        answered=[question for question in asked if question.answer is not None],
        more_open=max(len(waiting), len(never)) > _SHOWN,
        more_answered=len(once) > _SHOWN,
        conflict=bool(conflict),
    )


@router.post("/questions/{question_id}/answer")
@needs("answer")
async def answer(desk: DeskOf, acting: Acts, question_id: str) -> Response:
    """Answer: fields `value` (yes, no, cannot_tell, or withdraw), `source`, `revision` as it was shown, and `token`."""
    value, revision, source = acting.text("value"), acting.text("revision"), acting.text("source")
    question = (await desk.questions.get([question_id])).get(question_id)
    if question is None:
        raise NotThere
    must_lead(desk, acting.visit, question.programme_id)
    withdrawn = value == "withdraw"
    if not revision.isdecimal() or (not withdrawn and not source):
        raise Forbidden
    given = None
    if not withdrawn:
        given = GivenAnswer(acting.one_of("value", _VALUES), source, acting.person.name, desk.clock())
    event = await desk.questions.answer(
        question_id,
        given,
        expected_revision=int(revision),
        request_id=f"answer:{acting.person.id}:{question_id}:{acting.text('token')}",
    )
    await desk.done(event)
    conflict = "" if event else "&conflict=1"
    return RedirectResponse(f"/questions?programme={question.programme_id}{conflict}", 303)
