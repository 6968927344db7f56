"""What happens in a selection run."""

from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from shared.events.base import Event, RunClass, RunStanding


class SelectionEvent(Event):
    """A fact about a selection run (일괄 선별): one programme, screened as a whole."""

    run_id: str

    @property
    def subject(self) -> str:
        """The run."""
        return self.run_id


class SelectionAnnounced(SelectionEvent):
    """The desk says so when a lottery's seed is committed to, before it can be drawn; intake publishes it.

    One for each seed there ever was, whether or not it is drawn with: so whoever tried several cannot hide it.
    """

    topic: ClassVar[str] = "selection-announced-v1"
    programme_id: str
    rule_version: int
    as_of: date
    commitment: str
    """SHA-256 of the seed, in hexadecimal."""
    announced: str
    """Which public value will be mixed in, in words."""


class SelectionRequested(SelectionEvent):
    """The desk says so when an official asks for a draft; eligibility screens and ranks the whole programme.

    Intake publishes the seed of a lottery.
    """

    topic: ClassVar[str] = "selection-requested-v1"
    programme_id: str
    rule_version: int
    as_of: date
    """The as-of date that the run is pinned to."""
    office: str
    seed: str | None = None
    """The lottery's secret, disclosed by this event, in hexadecimal; its SHA-256 was published before."""
    public_value: str = ""
    """What the lottery mixes in that nobody at the office can choose, as it was announced; empty where nothing was."""


class SelectionRow(BaseModel):
    """What a run says of one submission."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    submission_id: str
    outcome: RunClass
    standing: RunStanding
    place: int | None = None
    """From 1, among the selected and the waiting together; None for all others."""
    revision: int = 0
    edition: int = 0
    """With `revision`, what the row rests on: one screened again since no longer fits. 0 where not screened."""


class SelectionRows(SelectionEvent):
    """Eligibility says so for each portion of a run's rows, before it is completed; the desk makes a draft of them.

    `cause` names the run and the portion, so that each portion is an event of its own. Rows are in order of submission
    ids, within a portion and from one to the next.
    """

    topic: ClassVar[str] = "selection-rows-v1"
    portion: int
    """From 0; at most 500 rows each."""
    rows: tuple[SelectionRow, ...]


class SelectionCompleted(SelectionEvent):
    """Eligibility says so when a run is done: a draft, which a person confirms. Its classes sum to the received."""

    topic: ClassVar[str] = "selection-completed-v1"
    programme_id: str
    rule_version: int
    as_of: date
    received: int
    portions: int
    classes: dict[RunClass, int]
    standings: dict[RunStanding, int]
    digest: str
    """SHA-256 of all rows in order of submission ids: the same input gives the same, whoever computes it."""
    failed: str = ""
    """Why there is no draft, as a code; empty when there is one."""
