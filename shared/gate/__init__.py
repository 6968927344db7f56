"""The gate: one small document per submission, and the only judge of who may look, take back and decide.

Every call is one conditional update at `_id` with the expected state in the filter, acknowledged by a majority. Where
an answer is lost the document is read again and compared by request id; until that is known nothing is shown and
nothing destroyed.
"""

from shared.gate.by_hand import Asked, Corrected
from shared.gate.citizen import CitizenCalls, Closing
from shared.gate.desk import DeskCalls
from shared.gate.finding import FindingCalls, name_tokens
from shared.gate.machine import MachineCalls
from shared.gate.model import (
    ENDED,
    OPEN,
    Accepted,
    Case,
    Decided,
    Held,
    HeldCertificate,
    Hold,
    MachineCase,
    Official,
    Opened,
    Refused,
    State,
)
from shared.gate.population import Filed, PopulationCalls, stretches
from shared.gate.reapplying import ReapplyingCalls
from shared.gate.reasons import ReasonCalls, Why
from shared.gate.retention import RetentionCalls
from shared.gate.saying import SayingCalls
from shared.gate.supplementing import MOST_EXTENSIONS, ONCE_MORE, Awaiting, SupplementingCalls
from shared.vault.rotation import Rewrapped


class Gate(
    CitizenCalls,
    DeskCalls,
    ReasonCalls,
    FindingCalls,
    SupplementingCalls,
    SayingCalls,
    MachineCalls,
    PopulationCalls,
    RetentionCalls,
    ReapplyingCalls,
):
    """The only judge. To people it returns values, never a key; to the machine, seals of open submissions."""


__all__ = [
    "ENDED",
    "MOST_EXTENSIONS",
    "ONCE_MORE",
    "OPEN",
    "Accepted",
    "Asked",
    "Awaiting",
    "Case",
    "Closing",
    "Corrected",
    "Decided",
    "Filed",
    "Gate",
    "Held",
    "HeldCertificate",
    "Hold",
    "MachineCase",
    "Official",
    "Opened",
    "Refused",
    "Rewrapped",
    "State",
    "Why",
    "name_tokens",
    "stretches",
]
