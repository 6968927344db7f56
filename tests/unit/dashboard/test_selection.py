"""A run at the desk: groups that sum, drafts that decide nothing they may not, and two sides put together."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dashboard.batch import Batch
from services.dashboard.drafting import drafted
from services.dashboard.pages import words
from services.dashboard.pages.differing import Compared, merged
from services.dashboard.people import Person
from services.dashboard.rules import Entry, folded
from services.dashboard.selection import (
    DECIDES,
    GROUPS,
    RANKED,
    Result,
    Run,
    Stored,
    agrees,
    class_now,
    expected_by,
    gone_since,
    group_of,
    state_of,
)
from shared.events import (
    SelectionRow,
    SubmissionDecided,
    SubmissionEvent,
    SubmissionExpired,
    SubmissionReceived,
    SubmissionScreened,
    SubmissionTakenBack,
    SubmissionWithdrawn,
)
from shared.standing import CLASSES
from tests.builders.runs import groups, row

AT = datetime(2022, 12, 12, 1, tzinfo=UTC)
PERSON = Person("sample-0", "김예시 (예시)", "sonmok9988")
BATCH = Batch("b-1", PERSON, "P", AT, state="drafting", run_id="run-1", groups=tuple(DECIDES))


def screened(sid: str, outcome: str = "eligible", edition: int = 0) -> SubmissionScreened:
    return SubmissionScreened.because_of(
        f"{sid}{edition}", submission_id=sid, at=AT, revision=1, rule_version=1, as_of=date(2022, 12, 12),
        edition=edition, outcome=outcome,
    )  # fmt: skip


def entry(*later: SubmissionEvent, sid: str = "s-1") -> Entry:
    came = SubmissionReceived.because_of(
        sid, submission_id=sid, at=AT, receipt=f"R-{sid}", programme_id="P", wallet_app="naver", office="sonmok9988"
    )
    [found] = folded({}, [came, screened(sid), *later], came.at)
    return found


def decided(sid: str = "s-1") -> SubmissionDecided:
    return SubmissionDecided.because_of("d", submission_id=sid, at=AT, decision="eligible", office="과")


def taken_back(sid: str = "s-1") -> SubmissionTakenBack:
    return SubmissionTakenBack.because_of("t", submission_id=sid, at=AT)


def result(rows: list[SelectionRow], **changes: object) -> Result:
    classes = {name: sum(one.outcome == name for one in rows) for name in {one.outcome for one in rows}}
    standings = {name: sum(one.standing == name for one in rows) for name in {one.standing for one in rows}}
    fields = {"received": len(rows), "portions": 1, "classes": classes, "standings": standings}
    return Result(**{**fields, "digest": "00", "failed": "", "at": AT, **changes})  # type: ignore[arg-type]


some_groups = st.lists(st.sampled_from(GROUPS), max_size=30)


@given(some_groups, st.sets(st.sampled_from(tuple(DECIDES))), st.data())
def test_of_a_portion_every_row_is_decided_dropped_or_left_and_only_what_may_be_is_decided(
    names: list[str], chosen: set[str], data: st.DataObject
) -> None:
    portion = [row(f"s-{number}", name) for number, name in enumerate(names)]
    since = st.sampled_from(["", "gone", "decided", "again", "unknown"])
    entries, pending = {}, set()
    for one in portion:
        later = {"gone": taken_back, "decided": decided, "again": lambda sid: screened(sid, edition=7)}
        happened = data.draw(since)
        if happened != "unknown":
            sid = one.submission_id
            entries[sid] = entry(*([later[happened](sid)] if happened else []), sid=sid)
        if data.draw(st.booleans()):
            pending.add(one.submission_id)
    batch = Batch("b", PERSON, "P", AT, state="drafting", run_id="run-1", groups=tuple(chosen))
    rows, left = drafted(batch, portion, entries, pending)
    assert len(rows) + left.total() == len(portion)
    of = {one.submission_id: group_of(one) for one in portion}
    for made in rows:
        group = of[made.submission_id]
        assert group in chosen
        assert group not in ("review", "waiting", "not_selected", "duplicate", "in_flight", "unreadable")
        assert made.decision in (DECIDES[group], None)
        assert (made.ending, made.reason is None) in ((None, True), ("dropped", False))
        if made.ending is None:
            assert made.submission_id in entries
            assert made.submission_id not in pending


@given(some_groups)
def test_counts_of_rows_agree_with_what_their_run_counted(names: list[str]) -> None:
    rows = [row(f"s-{number}", name) for number, name in enumerate(names)]
    counted, here = result(rows), Stored(1, groups(rows))
    assert counted.unaccounted == 0
    assert agrees(counted, here)
    assert sum(here.groups.values()) == counted.received == here.rows
    if rows:
        assert not agrees(counted, Stored(1, groups(rows[1:])))
        assert not agrees(result(rows, received=len(rows) + 1), here)


def test_what_went_between_two_sayings_of_a_run_is_no_disagreement_and_anything_else_is() -> None:
    before = [row("s-1", "selected", 1), row("s-2", "ineligible")]
    after = [row("s-1", "taken_back"), row("s-2", "ineligible")]
    assert agrees(result(after), Stored(1, groups(before)))
    other = [row("s-1", "ineligible"), row("s-2", "ineligible")]
    assert not agrees(result(other), Stored(1, groups(before)))
    assert not agrees(result(before), Stored(1, groups(after)))


@pytest.mark.parametrize(
    ("later", "pending", "reason"),
    [
        ((), False, None),
        ((), True, "pending"),
        ((taken_back(),), False, "taken_back"),
        ((SubmissionWithdrawn.because_of("w", submission_id="s-1", at=AT),), False, "withdrawn"),
        ((SubmissionExpired.because_of("e", submission_id="s-1", at=AT),), False, "expired"),
        ((decided(),), False, "decided"),
        ((screened("s-1", edition=1),), False, "screened_again"),
    ],
)
def test_what_a_decision_would_rest_on_still_holds_or_it_is_told_why_not(
    later: tuple[SubmissionEvent, ...], pending: bool, reason: str | None
) -> None:
    assert expected_by(row("s-1", "selected", 1), entry(*later), pending=pending) == reason


def test_who_was_not_screened_again_when_somebody_joined_them_can_still_be_decided() -> None:
    counted = row("s-1", "selected", 1).model_copy(update={"edition": 2})
    assert expected_by(counted, entry(screened("s-1", edition=1)), pending=False) is None
    assert expected_by(counted, entry(screened("s-1", edition=3)), pending=False) == "screened_again"


def test_a_row_of_another_revision_or_of_somebody_unknown_is_not_decided() -> None:
    assert expected_by(row("s-1", "selected", 1, revision=2), entry(), pending=False) == "screened_again"
    assert expected_by(row("s-1", "selected", 1), None, pending=False) == "not_found"


@given(some_groups, st.integers(0, 9))
def test_what_went_since_a_run_counted_is_told_apart_and_nothing_is_lost(names: list[str], more: int) -> None:
    counted = result([row(f"s-{number}", name) for number, name in enumerate(names)])
    left = Counter(names)
    left["taken_back"] += more
    rest, since = gone_since(left, counted)
    assert Counter(rest) + Counter(since) == +left
    assert since == ({"taken_back": more} if more else {})


def test_an_eligible_one_without_a_standing_is_left_to_a_person() -> None:
    assert group_of(SelectionRow(submission_id="s-1", outcome="eligible", standing="none")) == "not_selected"


def test_a_run_comes_along_step_by_step() -> None:
    asked = Run("run-1", "P", 1, date(2022, 12, 12), AT, PERSON)
    counted = result([row("s-1", "selected", 1)])
    assert state_of(asked, Stored()) == "announced"
    requested = Run("run-1", "P", 1, date(2022, 12, 12), AT, PERSON, requested_at=AT)
    assert state_of(requested, Stored(1, {"selected": 1})) == "requested"
    done = Run("run-1", "P", 1, date(2022, 12, 12), AT, PERSON, requested_at=AT, result=counted)
    assert (state_of(done, Stored()), state_of(done, Stored(1, {"selected": 1}))) == ("receiving", "ready")
    failed = Run("run-1", "P", 1, date(2022, 12, 12), AT, result=result([], failed="lottery:no_seed"))
    assert state_of(failed, Stored()) == "failed"


def test_an_official_approves_only_what_another_proposed() -> None:
    other = Person("sample-1", "이예시 (예시)", "sonmok9988")
    proposed = Batch("b", PERSON, "P", AT, state="proposed", second=True)
    assert (proposed.can_be_approved_by(other), proposed.can_be_approved_by(PERSON)) == (True, False)
    assert proposed.shown_to(other)
    draft = Batch("b", PERSON, "P", AT, state="draft", second=True)
    assert not draft.can_be_approved_by(other)
    assert not draft.shown_to(other)


def test_what_a_crash_left_undecided_can_be_undone_for_as_long_again() -> None:
    minute = timedelta(minutes=1)
    batch = Batch("b", PERSON, "P", AT, state="deciding", say_at=AT + 10 * minute, confirmed_at=AT)
    assert batch.say_at_of(AT + 3 * minute) == AT + 10 * minute
    assert batch.say_at_of(AT + 60 * minute) == AT + 70 * minute


sides = st.dictionaries(st.text("abc", min_size=1, max_size=4), st.sampled_from(GROUPS), max_size=20)


@given(sides, sides)
async def test_two_runs_put_together_hold_each_submission_of_either_once(
    one: dict[str, str], two: dict[str, str]
) -> None:
    async def told(side: dict[str, str]):  # type: ignore[no-untyped-def]
        for name in sorted(side):
            yield name, side[name]

    found = [item async for item in merged(told(one), told(two))]
    assert found == [Compared(name, one.get(name, ""), two.get(name, "")) for name in sorted(one | two)]


def test_what_holds_now_has_a_class_of_a_run() -> None:
    assert class_now(None) == ""
    assert class_now(entry()) == "eligible"
    assert class_now(entry(taken_back())) == "taken_back"


def test_every_group_has_its_words() -> None:
    assert set(GROUPS) == set(words.GROUP) == set(words.LEFT)
    assert set(RANKED) <= set(GROUPS)
    assert all(words.group(name) != name for name in (*GROUPS, *CLASSES))
