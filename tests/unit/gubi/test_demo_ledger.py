"""The demo's check fails where a person's second submission, sent with another app, is not found to be one."""

from deploy.gubi.demo.cast import cast
from deploy.gubi.demo.ledger import Entry, Ledger, undetected
from shared.catalog import load


def ledger(*, without: str = "") -> Ledger:
    parts = [part for part in cast(load()) if part.role != without]
    entries = {f"s-{at}": Entry(f"s-{at}", f"R-{at}", part, "1wallet") for at, part in enumerate(parts)}
    for entry in entries.values():
        entry.duplicate = entry.part.role == "second_time"
    return Ledger(entries)


def test_nothing_is_said_where_the_two_are_found_and_nobody_else_is() -> None:
    assert undetected(ledger()) == []


def test_each_that_is_not_found_and_each_that_is_found_wrongly_is_a_sentence() -> None:
    told = ledger()
    second = [entry for entry in told.entries.values() if entry.part.role == "second_time"]
    assert len(second) == 2
    for entry in second:
        entry.duplicate = False
    assert len(undetected(told)) == 2
    next(iter(told.entries.values())).duplicate = True
    assert len(undetected(told)) == 3


def test_a_cast_in_which_nobody_sends_twice_proves_nothing() -> None:
    assert undetected(ledger(without="second_time")) == ["Nobody sent a second time with another app."]
