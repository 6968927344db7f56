"""The judge is tried on what it must notice: one that cannot condemn acquits nobody."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from shared.events import (
    ExtractionFailed,
    SubmissionDecided,
    SubmissionExtracted,
    SubmissionReceived,
    SubmissionScreened,
    SubmissionTakenBack,
    SubmissionViewed,
)
from tests.faults.judging import Seen, due, judge, told
from tests.faults.ledger import Act, Ledger, Outcome, Sent, read_back

STAYS, GONE, SEEN = "s-stays", "s-gone", "s-seen"
READ = (SubmissionReceived.topic, SubmissionExtracted.topic, SubmissionScreened.topic, told("received"))
LOOKED = (SubmissionViewed.topic, SubmissionDecided.topic, told("viewed"), told("decided"))


def sent(name: str, app: str = "gov24", **last: Outcome) -> Sent:
    acts: dict[Act, Outcome] = {"submit": "acknowledged"}
    acts |= {act.replace("_", " "): outcome for act, outcome in last.items()}
    return Sent(f"k-{name}", name, app, last=acts, names={name})


def holders() -> list[Sent]:
    opened = sent(SEEN, take_back="refused", view="acknowledged", decide="acknowledged")
    unknown = Sent("k", "s-unknown", last={"submit": "given up"})
    return [sent(STAYS), sent(GONE, take_back="acknowledged", view="refused"), unknown, opened]


def whole() -> Seen:
    topics = {
        STAYS: READ,
        GONE: (SubmissionReceived.topic, SubmissionTakenBack.topic, told("received"), told("taken_back")),
        SEEN: (*READ, *LOOKED),
    }
    said = {(topic, name): Counter({f"{topic}-{name}": 2}) for name, some in topics.items() for topic in some}
    desk = {STAYS: "eligible", GONE: "taken_back", SEEN: "review"}
    return Seen({STAYS: "held", GONE: "taken_back", SEEN: "decided"}, desk, said, told_of_looks={"gov24"})


def but(name: str, *topics: str, without: tuple[str, ...] = (), **other: object) -> Seen:
    """All that is there, with these topics said of a submission too, and others not."""
    more = {(topic, name): Counter({topic: 1}) for topic in topics}
    said = {key: ids for key, ids in (whole().said | more).items() if key not in {(topic, name) for topic in without}}
    return replace(whole(), said=said, **other)


def test_what_is_as_its_holders_were_told_is_neither_lost_nor_doubled_however_often_it_was_said() -> None:
    found = judge(holders(), whole())
    assert (found.lost, found.doubled, found.took_effect) == ({}, {}, 0)


def test_what_nobody_was_answered_for_may_be_there_or_not_but_never_by_halves() -> None:
    there = replace(whole(), gate={**whole().gate, "s-unknown": "held"})
    found = judge(holders(), there)
    assert found.took_effect == 1
    assert found.lost == {"s-unknown": "nobody was told that it was received"}


@pytest.mark.parametrize("missing", whole().said, ids=lambda key: "-".join(key))
def test_each_event_and_each_notice_that_is_missing_is_noticed(missing: tuple[str, str]) -> None:
    rest = {key: ids for key, ids in whole().said.items() if key != missing}
    assert set(judge(holders(), replace(whole(), said=rest)).lost) == {missing[1]}


@pytest.mark.parametrize("name", [STAYS, GONE])
@pytest.mark.parametrize("place", ["gate", "desk"])
def test_what_is_missing_at_the_gate_or_in_the_queue_is_noticed(place: str, name: str) -> None:
    rest = {one: state for one, state in getattr(whole(), place).items() if one != name}
    assert set(judge(holders(), replace(whole(), **{place: rest})).lost) == {name}


@pytest.mark.parametrize("state", ["held", "taking_back"])
def test_a_take_back_that_was_acknowledged_and_not_done_is_noticed(state: str) -> None:
    assert set(judge(holders(), replace(whole(), gate={**whole().gate, GONE: state})).lost) == {GONE}


def test_what_was_taken_back_and_still_opens_is_noticed() -> None:
    assert set(judge(holders(), replace(whole(), opens={GONE})).lost) == {GONE}


@pytest.mark.parametrize("other", ["in_flight", "parked", "taken_back", "supplement", "unreadable"])
def test_what_the_queue_shows_otherwise_than_it_is_is_noticed(other: str) -> None:
    assert set(judge(holders(), replace(whole(), desk={**whole().desk, STAYS: other})).lost) == {STAYS}


@pytest.mark.parametrize("instead", [False, True])
@pytest.mark.parametrize("name", [STAYS, GONE])
def test_a_readable_certificate_that_was_called_unreadable_is_noticed(name: str, instead: bool) -> None:
    ends = (SubmissionExtracted.topic, SubmissionScreened.topic) if instead else ()
    found = judge(holders(), but(name, ExtractionFailed.topic, without=ends))
    assert found.lost == {name: "its readable certificate was called unreadable"}


@pytest.mark.parametrize(
    "key", [key for key in whole().said if key[0] != SubmissionScreened.topic], ids=lambda key: "-".join(key)
)
def test_what_was_said_under_two_ids_is_noticed(key: tuple[str, str]) -> None:
    twice = {**whole().said, key: Counter({"one": 1, "another": 1})}
    assert set(judge(holders(), replace(whole(), said=twice)).doubled) == {key[1]}


def test_what_was_read_twice_is_noticed() -> None:
    read = {**whole().said, (SubmissionExtracted.topic, STAYS): Counter({"one": 5})}
    assert judge(holders(), replace(whole(), said=read)).doubled == {}
    read[SubmissionExtracted.topic, STAYS].update(["another"])
    assert set(judge(holders(), replace(whole(), said=read)).doubled) == {STAYS}


@pytest.mark.parametrize(("before", "doubled"), [([], {"s-refused"}), (["no answer"], set())])
def test_what_was_refused_and_is_there_is_noticed_unless_an_earlier_try_got_no_answer(
    tmp_path: Path, before: list[Literal["no answer"]], doubled: set[str]
) -> None:
    ledger, sent = Ledger(tmp_path / "ledger"), Sent("k", "s-refused")
    for outcome in (*before, "refused"):
        ledger.write(sent, "submit", outcome)
    there = replace(whole(), gate={**whole().gate, "s-refused": "held"})
    assert set(judge([*holders(), sent], there).doubled) == doubled
    assert set(judge([*holders(), sent], whole()).doubled) == set()


def test_a_take_back_that_was_refused_and_is_done_is_noticed() -> None:
    stays, gone, *others = holders()
    gone.last["take back"] = "refused"
    assert set(judge([stays, gone, *others], whole()).doubled) == {GONE}
    gone.unanswered.add("take back")
    assert judge([stays, gone, *others], whole()).doubled == {}


def test_a_take_back_that_was_refused_though_nobody_had_opened_it_is_noticed() -> None:
    _, *others = holders()
    assert set(judge([sent(STAYS, take_back="refused"), *others], whole()).lost) == {STAYS}


def test_what_was_opened_and_taken_back_is_noticed_whichever_of_them_stands() -> None:
    both = "it was opened, and it was taken back"
    *others, opened = holders()
    opened.last["take back"] = "acknowledged"
    assert judge([*others, opened], whole()).doubled == {SEEN: both}
    stays, gone, unknown, opened = holders()
    gone.last["view"] = "given up"
    rest = [stays, gone, unknown, opened]
    assert judge(rest, whole()).doubled == {}, "the look got no answer, and was not taken"
    assert judge(rest, but(GONE, SubmissionViewed.topic, told("viewed"))).doubled == {GONE: both}


@pytest.mark.parametrize("act", ["take back", "view", "decide"])
def test_what_was_done_by_nobodys_wish_is_noticed(act: Act) -> None:
    everybody = holders()
    for holder in everybody:
        holder.last.pop(act, None)
    assert set(judge(everybody, whole()).doubled) == ({GONE} if act == "take back" else {SEEN})


@pytest.mark.parametrize(("act", "state"), [("view", "held"), ("decide", "viewed")])
def test_a_look_or_a_decision_that_the_gate_does_not_know_is_noticed(act: str, state: str) -> None:
    there = replace(whole(), gate={**whole().gate, SEEN: state})
    assert "the gate" in judge(holders(), there).lost[SEEN]


@pytest.mark.parametrize("act", ["view", "decide"])
def test_what_would_not_be_opened_or_decided_though_nothing_stood_against_it_is_noticed(act: Act) -> None:
    *others, opened = holders()
    opened.last[act] = "refused"
    found = judge([*others, opened], whole())
    assert set(found.lost) == set(found.doubled) == {SEEN}
    opened.unanswered.add(act)
    assert judge([*others, opened], whole()).doubled == {}


def test_an_app_that_is_told_of_no_looks_is_owed_none() -> None:
    *others, opened = holders()
    opened.app = "kakao"
    unsaid = but(SEEN, without=(told("viewed"),))
    assert judge([*others, opened], unsaid).lost == {}
    assert due(SEEN, opened, unsaid) == ["received", "decided"]


def test_a_ledger_is_read_back_from_its_file_as_it_was_written(tmp_path: Path) -> None:
    ledger, one, other = Ledger(tmp_path / "ledger"), Sent("k1", "s-1"), Sent("k2", "s-2")
    ledger.write(one, "submit", "no answer")
    ledger.write(other, "submit", "given up")
    ledger.write(one, "submit", "acknowledged", "s-1")
    ledger.write(one, "take back", "refused")
    again = read_back(ledger.path)
    assert (again.sent, again.counts) == (ledger.sent, ledger.counts)
    assert again.sent["k1"] is not one
    with ledger.path.open("a") as file:
        file.write('{"key": "k3", "act')
    with pytest.raises(ValueError, match="Unterminated"):
        read_back(ledger.path)


def test_a_key_with_two_receipts_and_a_submission_of_nobodys_are_noticed() -> None:
    first, *others = holders()
    first.names.add("s-again")
    assert set(judge([first, *others], whole()).doubled) == {STAYS, "s-again"}
    strange = replace(whole(), gate={**whole().gate, "s-strange": "held"})
    assert set(judge(holders(), strange).doubled) == {"s-strange"}
    assert judge(holders(), strange, others={"s-strange"}).doubled == {}
