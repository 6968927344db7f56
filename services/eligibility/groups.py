"""Submissions that stand together, because what is found of one depends on the others. Pure.

One applicant's to one programme: a second is a finding, never merged. Those with a certificate of the same number, or
of the same bytes, in any programme: a finding of each, as soon as they are not all of one holder.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from services.eligibility.questions import firm_key
from shared.facts import Certificate
from shared.gate import Case

Bond = Literal["applicant", "number", "file"]


class Key(NamedTuple):
    """What a group is stored under: tokens alone, from which nobody learns a number or a name."""

    bond: Bond
    token: str
    part: int | None = None
    """The certificate that brings the submission into the group; None where the submission itself does."""

    def __str__(self) -> str:
        """Give it as it is stored, which is the same for every submission of the group."""
        return f"{self.bond}|{self.token}"


class Member(NamedTuple):
    """One submission of a group."""

    submission_id: str
    received_at: datetime
    holder: str
    """Keyed token of the holder's wallet address."""


@dataclass(frozen=True)
class Group:
    """A group as it stood when it was read."""

    key: str
    members: tuple[Member, ...]
    """In the order in which they entered, which is one order for everyone who reads it."""
    gone: frozenset[str]
    """Members that have left, until nobody needs to be told any more."""
    changes: int
    """It only grows, with every coming and going, and with it the edition of whatever is screened again."""

    @property
    def found(self) -> frozenset[str]:
        """Those of whom it is a finding."""
        return self._found(self.members)

    def touched_by_coming(self, names: Collection[str]) -> set[str]:
        """Give those of whom something else is found since one of `names` entered behind them.

        Each answers for those before it alone, so that of two who enter at once neither relies on the other.
        """
        entered = [place for place, member in enumerate(self.members) if member.submission_id in names]
        return {
            name
            for place in entered
            for name in self._found(self.members[: place + 1], names) - {self.members[place].submission_id}
            if name not in self._found(self.members[:place], names)
        }

    def touched_by_going(self, names: Collection[str]) -> set[str]:
        """Give those of whom something else is found since `names` left, or was since they came and may be untold."""
        left = self._found(self.members, names) - self._found(self.members) - set(names)
        return set(left) | (self.touched_by_coming(names) - set(names))

    def _found(self, members: Sequence[Member], still: Collection[str] = ()) -> frozenset[str]:
        """Give those of `members` who found each other, those who have left aside, but for the ones `still` there."""
        there = [one for one in members if one.submission_id in still or one.submission_id not in self.gone]
        if self.key.startswith("applicant|"):
            there.sort(key=lambda one: (one.received_at, one.submission_id))
            del there[:1]
        elif len({one.holder for one in there}) < 2:
            return frozenset()
        return frozenset(one.submission_id for one in there)


def keys_of(
    applicant: tuple[str, str],
    fingerprints: Iterable[str],
    certificates: Sequence[Certificate],
    token: Callable[[str, str], str],
) -> tuple[Key, ...]:
    """Give the groups that a submission belongs to; `token` makes a keyed token for a purpose.

    The `applicant` is one to one programme: its id and the holder's token. `fingerprints` are of the certificates as
    they were sent, in order.
    """
    found = [Key("applicant", "|".join(applicant))]
    found += [Key("file", fingerprint, part) for part, fingerprint in enumerate(fingerprints) if fingerprint]
    for one in _numbered(certificates):
        found.append(Key("number", token("certificate-number", "|".join(_number(one))), one.part))
    return tuple(found)


def count_of_groups(fingerprints: Iterable[str], certificates: Sequence[Certificate]) -> int:
    """Give how many groups `keys_of` names, without a token of any: in a population nearly everyone stands alone."""
    numbered = _numbered(certificates)
    numbers, files = len(numbered), [one for one in fingerprints if one]
    if numbers > 1 and len({one.kind for one in numbered}) < numbers:
        numbers = len({_number(one) for one in numbered})
    return 1 + (len(files) if len(files) < 2 else len(set(files))) + numbers


def _numbered(certificates: Sequence[Certificate]) -> list[Certificate]:
    return [one for one in certificates if one.number and one.issuer and not one.unreadable]


def _number(one: Certificate) -> tuple[str, str, str]:
    """A number says which certificate it is only beside its kind and its issuer: employers number theirs as they
    like.
    """
    return one.kind, firm_key(one.issuer or ""), firm_key(one.number or "")


class Together(NamedTuple):
    """What follows for one submission from those it stands together with."""

    elsewhere: Mapping[int, tuple[Bond, ...]]
    """By part, the bonds by which another holder sent the same certificate."""
    changes: int
    """Comings and goings in its groups so far."""
    duplicate: bool
    """Whether the same applicant sent an earlier one."""


def together(submission_id: str, keys: Sequence[Key], groups: Mapping[str, Group]) -> Together:
    """Tell what follows for a submission of the groups `keys`, as they stand in `groups`."""
    elsewhere: dict[int, tuple[Bond, ...]] = {}
    stands_in = [key for key in keys if submission_id in groups[str(key)].found]
    for key in stands_in:
        if key.part is not None:
            elsewhere[key.part] = (*elsewhere.get(key.part, ()), key.bond)
    changes = sum(groups[key].changes for key in {str(key) for key in keys})
    return Together(elsewhere, changes, any(key.bond == "applicant" for key in stands_in))


def members_of(submissions: Mapping[str, tuple[Case, Sequence[Key]]]) -> dict[str, list[Member]]:
    """Give who enters which group, by the group's key as it is stored."""
    found: dict[str, list[Member]] = {}
    for name, (case, keys) in submissions.items():
        for key in dict.fromkeys(map(str, keys)):
            found.setdefault(key, []).append(Member(name, case.received_at, case.holder))
    return found
