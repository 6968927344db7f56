"""Answers questions out of the workplace registers, and takes such answers back: load, decide, save.

The events said of it stand owed in the questions' documents: whoever calls says them, or the sweep does.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from services.eligibility.questions import Question
from services.eligibility.registers.workplaces import Register, Token, Workplace, asked_of, due, verdict
from services.eligibility.store import Registers
from shared.clock import Clock
from shared.events import QuestionAnswered
from shared.questions import AskedQuestion, GivenAnswer, Questions

PORTION = 200
_AT_ONCE = 20


@dataclass(frozen=True)
class Answering:
    """What answering out of registers needs of the world."""

    questions: Questions
    registers: Registers
    token: Token
    clock: Clock

    async def settle(self, question_ids: Collection[str]) -> list[QuestionAnswered]:
        """Have the registers answer these, or take back what they no longer say. Raises `Unavailable`.

        Where another was quicker with a question, or a register was imported meanwhile, it is looked at once more.
        """
        events: list[QuestionAnswered] = []
        todo = set(question_ids)
        registers = await self.registers.in_force()
        while todo:
            asked = await self.questions.get(todo)
            acts = await self._due(asked, registers)
            done = await self._carry_out([(asked[name], answer) for name, answer in acts.items()])
            events += done
            lost = acts.keys() - {event.question_id for event in done}
            before, registers = registers, await self.registers.in_force()
            todo = lost if registers == before else todo
        return events

    async def settle_all(self) -> AsyncIterator[tuple[int, int]]:
        """Settle every question that no official has touched; give, for each portion, how many and how many acts."""
        after = ""
        while asked := await self.questions.untouched(after, PORTION):
            after = asked[-1].question_id
            yield len(asked), len(await self.settle([question.question_id for question in asked]))

    async def _due(
        self, asked: Mapping[str, AskedQuestion], registers: dict[str, Register]
    ) -> dict[str, GivenAnswer | None]:
        """Give what is to be done about these: by id, a new answer, or None to take one back."""
        wanted = {
            name: asked_of(Question.model_validate(one.text), self.token)
            for name, one in asked.items()
            if one.text is not None
        }
        names = {workplace.name for workplace in wanted.values() if workplace}
        listed = await self.registers.named(names, registers.values())
        by_name: dict[str, list[Workplace]] = {}
        for one in listed:
            by_name.setdefault(one.identity.name, []).append(one)
        acts: dict[str, GivenAnswer | None] = {}
        for name, workplace in wanted.items():
            said = verdict(workplace, by_name.get(workplace.name, ())) if workplace else None
            act = due(asked[name], said, registers, self.clock())
            if act is not None:
                acts[name] = act[0]
        return acts

    async def _carry_out(self, acts: Sequence[tuple[AskedQuestion, GivenAnswer | None]]) -> list[QuestionAnswered]:
        events: list[QuestionAnswered | None] = []
        for start in range(0, len(acts), _AT_ONCE):
            some = acts[start : start + _AT_ONCE]
            events += await asyncio.gather(*(self._act(question, answer) for question, answer in some))
        return [event for event in events if event is not None]

    async def _act(self, question: AskedQuestion, answer: GivenAnswer | None) -> QuestionAnswered | None:
        return await self.questions.answer(
            question.question_id,
            answer,
            expected_revision=question.revision,
            request_id=f"register:{uuid4()}",
            party="register",
        )
