"""The holders, their one wallet each, and what they sent: all in memory, and all made up.

One person has one wallet (전자문서지갑, e-document wallet), made once on a phone and shared by all the apps; it takes
membership of 정부24 (gov24). Rights belong to the holder: what one app sent, another can take back.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from services.wallet_simulator.samples import Person, Sample, population

INTO_THE_WALLET = "온라인발급(전자문서지갑)"
"""수령방법 (delivery) that puts a certificate issued on a PC into the wallet; any other leaves the wallet as it is."""

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ADDRESS_LENGTH = 39
_RECENT = 1000


class No(Exception):
    """The simulator refuses: HTTP status, a stable code, and a sentence in Korean."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        """Take what to answer."""
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Kept:
    """A certificate in a wallet."""

    id: str
    kind: str
    case: str
    issued_on: date | None
    pdf: bytes = field(repr=False)


@dataclass
class Holder:
    """A member of gov24, with a wallet once they made one."""

    id: str
    person: Person
    address: str | None = None
    certificates: dict[str, Kept] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """A submission that a door gave a receipt for."""

    submission_id: str
    receipt: str
    programme: str
    app: str
    holder_id: str
    kinds: tuple[str, ...]
    at: datetime


def wallet_address(person: Person) -> str:
    """Give a person's wallet address: 1 for a natural person, then base58; the same person has the same one, always."""
    rng = Random(f"wallet/{person.name}/{person.birth_date}/{person.sex_digit}")  # noqa: S311 - an address is no secret
    return "1" + "".join(rng.choices(_BASE58, k=_ADDRESS_LENGTH - 1))


class World:
    """Everybody there is."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._people: Iterator[Person] = population(0)
        self._members: dict[Person, Holder] = {}
        self._wallets: dict[str, Holder] = {}
        self.holders: dict[str, Holder] = {}
        self.sent: dict[str, Sent] = {}
        self._consents: dict[tuple[str, str], datetime] = {}

    def join(self, person: Person | None = None) -> tuple[Holder, bool]:
        """Make somebody, or the next made-up person, a member; give them and whether they are new."""
        joining = person or next(someone for someone in self._people if someone not in self._members)
        if joining in self._members:
            return self._members[joining], False
        holder = Holder(f"h-{len(self._members) + 1}", joining)
        self._members[joining] = self.holders[holder.id] = holder
        return holder, True

    def holder(self, holder_id: str) -> Holder:
        """Give a member. Raises `No`."""
        if holder_id not in self.holders:
            raise No(
                409,
                "gov24-membership-required",
                "전자문서지갑을 만들려면 먼저 정부24 회원이어야 합니다. (POST /members)",
            )
        return self.holders[holder_id]

    def open_wallet(self, holder_id: str) -> tuple[Holder, bool]:
        """Make a member's wallet, or find the one they have; give them and whether it is new. Raises `No`."""
        holder = self.holder(holder_id)
        fresh = holder.address is None
        holder.address = wallet_address(holder.person)
        self._wallets[holder.address] = holder
        return holder, fresh

    def owner(self, address: str) -> Holder:
        """Give whose wallet that is. Raises `No`."""
        if address not in self._wallets:
            raise No(404, "wallet-not-found", "이 주소의 전자문서지갑이 없습니다.")
        return self._wallets[address]

    def keep(self, holder: Holder, sample: Sample) -> Kept:
        """Put a certificate into a wallet; the very same one again is the one that is there."""
        name = f"c-{hashlib.sha256(sample.pdf).hexdigest()[:16]}"
        kept = Kept(name, sample.kind, sample.case, sample.expected.issued_on, sample.pdf)
        return holder.certificates.setdefault(name, kept)

    def chosen(self, holder: Holder, certificates: list[str]) -> list[Kept]:
        """Give certificates of a wallet in the order asked for. Raises `No`."""
        if any(name not in holder.certificates for name in certificates):
            raise No(404, "certificate-not-found", "지갑에 없는 증명서입니다.")
        return [holder.certificates[name] for name in certificates]

    def consent(self, app: str, idempotency_key: str | None, now: datetime) -> datetime:
        """Give when the holder consented: what is sent again says what was said the first time."""
        return now if idempotency_key is None else self._consents.setdefault((app, idempotency_key), now)

    def remember(self, sent: Sent) -> None:
        """Remember a submission; of very many, the latest."""
        self.sent.setdefault(sent.submission_id, sent)
        if len(self.sent) > _RECENT:
            del self.sent[next(iter(self.sent))]
