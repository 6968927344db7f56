"""What happens to a question about the world."""

from typing import ClassVar

from shared.events.base import Event


class QuestionEvent(Event):
    """A fact about a question: something about the world, holding no person, that many reviews may wait on."""

    question_id: str

    @property
    def subject(self) -> str:
        """The question."""
        return self.question_id


class QuestionRaised(QuestionEvent):
    """Eligibility says so when a screening first rests on an unanswered question; the desk asks an official."""

    topic: ClassVar[str] = "question-raised-v1"
    programme_id: str


class QuestionAnswered(QuestionEvent):
    """The desk says so at each answer and its withdrawal, eligibility where a register answers at once; eligibility
    screens again everyone who rests on it.
    """

    topic: ClassVar[str] = "question-answered-v1"
    revision: int
    """1 for the first answer, one more at each change of it; the answer itself stands in the question's document."""
