"""Submissions that stand together: what is found of each, and who is screened again, in whatever order all happens."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.eligibility.groups import Bond, Group, Member, keys_of, members_of
from shared.vault import Keyring
from tests.unit.eligibility.cases import certificate

NOON = datetime(2022, 12, 12, 3, tzinfo=UTC)


def group(bond: Bond, *members: tuple[str, int, str], gone: tuple[str, ...] = ()) -> Group:
    """Members as name, minute of receipt and holder, in the order in which they entered."""
    entered = tuple(Member(name, NOON + timedelta(minutes=minute), holder) for name, minute, holder in members)
    return Group(f"{bond}|x", entered, frozenset(gone), len(members) + len(gone))


THREE = group("applicant", ("s-2", 2, "h"), ("s-1", 1, "h"), ("s-3", 3, "h"))
FILE = group("file", ("s-a", 1, "h-1"), ("s-b", 2, "h-1"), ("s-c", 3, "h-2"), ("s-d", 4, "h-3"))


def test_of_one_applicant_every_submission_but_the_first_received_is_a_second_one() -> None:
    assert THREE.found == {"s-2", "s-3"}
    assert group("applicant", ("s-1", 1, "h")).found == set()
    assert group("applicant").found == set()
    assert group("applicant", ("s-1", 1, "h"), ("s-2", 2, "h"), gone=("s-1",)).found == set()


@pytest.mark.parametrize("bond", ["file", "number"])
def test_what_one_holder_sends_again_is_no_finding_and_what_another_sends_is_one_of_each(bond: Bond) -> None:
    mine = (("s-a", 1, "h-1"), ("s-b", 2, "h-1"))
    assert group(bond, *mine).found == set()
    assert group(bond, *mine, ("s-c", 3, "h-2")).found == {"s-a", "s-b", "s-c"}
    assert group(bond, *mine, ("s-c", 3, "h-2"), gone=("s-c",)).found == set()


def test_only_those_of_whom_something_else_is_found_are_screened_again() -> None:
    assert THREE.touched_by_coming({"s-1"}) == {"s-2"}
    assert THREE.touched_by_coming({"s-3"}) == set()
    assert THREE.touched_by_going({"s-3"}) == set()
    assert THREE.touched_by_going({"s-1"}) == {"s-2"}
    assert FILE.touched_by_coming({"s-b"}) == set()
    assert FILE.touched_by_coming({"s-c"}) == {"s-a", "s-b"}
    assert FILE.touched_by_coming({"s-d"}) == set()
    assert FILE.touched_by_going({"s-d"}) == set()


def test_of_two_who_come_at_once_the_one_that_made_the_difference_answers_for_it() -> None:
    """Each may read the group with the other already in it, and must not leave it to the other."""
    together = group("applicant", ("s-3", 3, "h"), ("s-2", 2, "h"), ("s-1", 1, "h"))
    assert together.touched_by_coming({"s-2"}) == {"s-3"}
    assert together.touched_by_coming({"s-1"}) == {"s-2"}


def test_who_leaves_answers_for_whom_their_coming_touched_since_that_may_never_have_been_told() -> None:
    others = (("s-a", 1, "h-1"), ("s-b", 2, "h-2"), ("s-c", 3, "h-3"))
    assert group("file", *others, gone=("s-b",)).touched_by_going({"s-b"}) == {"s-a"}
    assert group("file", *others[:2], gone=("s-b",)).touched_by_going({"s-b"}) == {"s-a"}


def tokens(keyring: Keyring, *certificates: Any) -> set[str]:
    return {str(key) for key in keys_of(("P", "h-1"), (), certificates, keyring.token) if key.bond == "number"}


def test_a_number_is_told_by_its_kind_its_issuer_and_itself_and_its_token_shows_none_of_them(keyring: Keyring) -> None:
    one = certificate("EMPLOY", {}, number="2022-001", issuer="주식회사 한빛가상")
    [token] = tokens(keyring, one)
    assert not any(said in token for said in ("2022", "한빛", "EMPLOY"))
    assert tokens(keyring, one.model_copy(update={"number": " 2022-001 ", "issuer": "㈜한빛가상"})) == {token}
    for other in ({"kind": "EI_HIST"}, {"issuer": "미소식당"}, {"number": "2022-002"}):
        assert tokens(keyring, one.model_copy(update=other)).isdisjoint({token})


@pytest.mark.parametrize("lacking", [{"number": None}, {"issuer": None}, {"unreadable": "damaged"}])
def test_a_certificate_without_number_or_issuer_or_unread_has_no_number_in_common_with_any(
    keyring: Keyring, lacking: dict[str, Any]
) -> None:
    assert tokens(keyring, certificate("EMPLOY", {}, **({"number": "1", "issuer": "가"} | lacking))) == set()


def test_one_file_sent_twice_in_one_submission_enters_its_group_once_and_is_found_in_both_places(
    keyring: Keyring,
) -> None:
    keys = keys_of(("P", "h-1"), ("f", "f", ""), (), keyring.token)
    assert [(key.bond, key.part) for key in keys] == [("applicant", None), ("file", 0), ("file", 1)]
    case: Any = SimpleNamespace(programme_id="P", holder="h-1", received_at=NOON)
    assert members_of({"s-1": (case, keys)}) == {
        "applicant|P|h-1": [Member("s-1", NOON, "h-1")], "file|f": [Member("s-1", NOON, "h-1")],
    }  # fmt: skip


class World:
    """Two groups per submission, a gate, and what was screened: every step of every process is one atomic act."""

    def __init__(self) -> None:
        self.documents: dict[str, dict[str, Any]] = {}
        self.closed: set[str] = set()
        self.screened: dict[str, dict[int, bool]] = {}

    def read(self, keys: list[str]) -> list[Group]:
        found = [(key, self.documents[key]) for key in keys if key in self.documents]
        return [
            Group(key, tuple(one["members"]), frozenset(one["gone"]), len(one["members"]) + one["past"])
            for key, one in found
        ]

    def keys(self, member: Member) -> list[str]:
        return [f"applicant|{member.holder}", "file|x"]

    def enter(self, member: Member) -> None:
        for key in self.keys(member):
            document = self.documents.setdefault(key, {"members": [], "gone": set(), "past": 0})
            if member not in document["members"]:
                document["members"].append(member)

    def mark_gone(self, name: str) -> list[Group]:
        keys = [key for key, one in self.documents.items() if any(at.submission_id == name for at in one["members"])]
        for key in keys:
            self.documents[key]["gone"].add(name)
            self.documents[key]["past"] += 1
        return self.read(keys)

    def release(self, name: str, keys: list[str]) -> None:
        for key in keys:
            if name in self.documents.get(key, {"gone": ()})["gone"]:
                document = self.documents[key]
                document["members"] = [member for member in document["members"] if member.submission_id != name]
                document["gone"].discard(name)
                document["past"] += 1
                if not document["members"]:
                    del self.documents[key]

    def screen(self, member: Member) -> list[Group]:
        groups = self.read(self.keys(member))
        edition = sum(one.changes for one in groups)
        found = any(member.submission_id in one.found for one in groups)
        self.screened.setdefault(member.submission_id, {}).setdefault(edition, found)
        return groups

    def come(self, member: Member, people: dict[str, Member]) -> Iterator[None]:
        """What the screener does with a submission that was read, step by step."""
        yield from self.round(member, people, coming=True)

    def round(self, member: Member, people: dict[str, Member], *, coming: bool) -> Iterator[None]:
        touched: set[str] = set()
        if member.submission_id not in self.closed:
            yield
            if coming:
                self.enter(member)
                yield
            groups = self.screen(member)
            touched = {name for one in groups for name in one.touched_by_coming({member[0]}) if coming} - {member[0]}
            yield
        if member.submission_id in self.closed:
            yield from self.go(member, people)
        for name in sorted(touched):
            yield from self.round(people[name], people, coming=False)

    def go(self, member: Member, people: dict[str, Member]) -> Iterator[None]:
        """What it does with one that was taken back."""
        groups = self.mark_gone(member.submission_id)
        touched = {name for one in groups for name in one.touched_by_going({member[0]})}
        yield
        for name in sorted(touched):
            yield from self.round(people[name], people, coming=False)
        self.release(member.submission_id, [one.key for one in groups])


submissions = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["h-1", "h-2", "h-3"]), st.booleans()), min_size=2, max_size=5
)


@settings(max_examples=1000, deadline=None)
@example([(3, "h-1", False), (2, "h-1", True), (1, "h-1", False)], 7)
@given(submissions, st.integers())
def test_in_any_interleaving_with_kills_the_last_screening_of_each_says_what_is_true(
    sent: list[tuple[int, str, bool]], seed: int
) -> None:
    """Some are taken back at any instant; a killed process begins anew, and a message may come twice."""
    chance, world = Random(seed), World()
    people = {
        f"s-{number}": Member(f"s-{number}", NOON + timedelta(minutes=minute), holder)
        for number, (minute, holder, _) in enumerate(sent)
    }
    leaving = [name for name, (_, _, leaves) in zip(people, sent, strict=True) if leaves]
    begin = [(world.come, people[name]) for name in people for _ in range(chance.choice([1, 1, 2]))]
    working = [(start, member, start(member, people)) for start, member in begin]
    kills = 4
    while working or leaving:
        if leaving and chance.random() < 0.15:
            name = leaving.pop(chance.randrange(len(leaving)))
            world.closed.add(name)
            working.append((world.go, people[name], world.go(people[name], people)))
        elif working:
            place = chance.randrange(len(working))
            start, member, steps = working[place]
            if kills and chance.random() < 0.1:
                kills -= 1
                working[place] = (start, member, start(member, people))
            elif next(steps, "done") == "done":
                working.pop(place)
    for name, member in people.items():
        if name not in world.closed:
            true = any(name in one.found for one in world.read(world.keys(member)))
            assert world.screened[name][max(world.screened[name])] == true
    assert not any(name in repr(world.documents) for name in world.closed)
