"""`gubi wallets` as an operator meets it: what it shows, what it changes, and what it says when it cannot."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.notification.app import Notification
from services.notification.endpoints import load_endpoints
from shared.clock import SEOUL, utc_now
from shared.settings import Settings
from tests.builders.notifying import Now, a_submission, notifying, received
from tests.builders.receiver import Receiver
from tests.contract.test_register_command import Shell

HOUR = timedelta(hours=1)


@pytest.fixture
def shell(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Shell:
    monkeypatch.chdir(tmp_path)
    given = {"MONGO": settings.mongo, "DATABASE_PREFIX": settings.database_prefix, "KEYS": str(settings.keys)}
    for name, value in given.items():
        monkeypatch.setenv(f"GUBI_{name}", value)
    monkeypatch.setenv("COLUMNS", "200")
    return Shell(monkeypatch, capsys)


def meanwhile(
    shell: Shell,
    settings: Settings,
    work: Callable[[Notification, Receiver, Now], Awaitable[Any]],
    *,
    owned: bool = False,
    **wallet: Any,
) -> None:
    """Let the service do something between two commands."""

    async def run() -> None:
        now = Now()
        async with Receiver(**wallet) as naver:
            endpoint = {"url": naver.url()} | ({"owner_url": naver.url()} if owned else {})
            async with notifying(settings, {"naver": endpoint}, clock=now) as service:
                await work(service, naver, now)

    asyncio.run(run())
    shell._capture.readouterr()  # what the service logged


async def go_down(service: Notification, naver: Receiver, now: Now) -> None:
    await service.on_news([received(a_submission(1)), received(a_submission(2))])
    await service.courier.turn("naver")


async def work(service: Notification, naver: Receiver, now: Now) -> None:
    await service.on_news([received(a_submission(1))])
    await service.courier.turn("naver")


async def try_again(service: Notification, naver: Receiver, now: Now) -> None:
    now.later(HOUR)
    await service.courier.turn("naver")


def test_an_endpoint_is_shown_with_how_it_fares_what_waits_and_its_public_keys(
    shell: Shell, settings: Settings
) -> None:
    meanwhile(shell, settings, work)
    code, said = shell.gubi("wallets", "endpoints", "--json")
    [shown] = json.loads(said)
    assert (code, shown["state"], shown["waiting"], shown["suspended_at"]) == (0, "works", 0, None)
    [key] = shown["keys"]
    assert key["public_key"].startswith("whpk_")
    assert "whsk_" not in said
    code, said = shell.gubi("wallets", "endpoints")
    assert code == 0
    assert key["id"] in said


def test_a_suspended_endpoint_is_told_of_with_what_to_do_and_the_exit_code_says_it(
    shell: Shell, settings: Settings
) -> None:
    meanwhile(shell, settings, go_down, status=410)
    code, said = shell.gubi("wallets", "endpoints")
    assert code == 1
    assert "suspended" in said
    assert "gubi wallets resume" in said
    assert "No owner_url is registered: tell its owner." in said
    [shown] = json.loads(shell.gubi("wallets", "endpoints", "--json")[1])
    assert (shown["state"], shown["reason"], shown["waiting"]) == ("suspended", "gone", 2)


async def tell_owner(service: Notification, naver: Receiver, now: Now) -> None:
    await go_down(service, naver, now)
    await service.owners.turn()


@pytest.mark.parametrize(
    ("statuses", "said_of_it"), [([410, 410, 204], "was told."), ([410, 410, 500], "could not be told yet (http_500).")]
)
def test_it_says_whether_the_owner_was_told(
    shell: Shell, settings: Settings, statuses: list[int], said_of_it: str
) -> None:
    meanwhile(shell, settings, tell_owner, owned=True, statuses=statuses)
    code, said = shell.gubi("wallets", "endpoints")
    assert code == 1
    assert f"Its owner {said_of_it}" in said


def test_resuming_asks_for_a_try_and_says_what_came_of_it(shell: Shell, settings: Settings) -> None:
    meanwhile(shell, settings, go_down, status=410)
    code, said = shell.gubi("wallets", "resume", "naver", "--wait", "0")
    assert code == 1
    assert "is the notification service running?" in said
    assert json.loads(shell.gubi("wallets", "endpoints", "--json")[1])[0]["state"] == "trying"
    meanwhile(shell, settings, try_again, status=500)
    [shown] = json.loads(shell.gubi("wallets", "endpoints", "--json")[1])
    assert (shown["state"], shown["last_failure"]) == ("suspended", "http_500")
    assert shown["probed_at"] is not None
    shell.gubi("wallets", "resume", "naver", "--wait", "0")
    meanwhile(shell, settings, try_again)
    assert json.loads(shell.gubi("wallets", "endpoints", "--json")[1])[0]["state"] == "works"
    code, said = shell.gubi("wallets", "resume", "naver")
    assert (code, said) == (0, "naver is not suspended; nothing to do.")


def test_a_rotation_says_the_new_public_key_and_how_long_the_old_one_signs_too(
    shell: Shell, settings: Settings
) -> None:
    meanwhile(shell, settings, work)
    code, said = shell.gubi("wallets", "rotate", "naver", "--overlap", "3")
    assert code == 0
    assert "whpk_" in said
    assert "for 3 days" in said
    assert "/v1/webhook-keys/naver" in said
    assert len(load_endpoints(settings.keys)["naver"].keys) == 2
    shell.gubi("wallets", "rotate", "naver")
    shell.gubi("wallets", "rotate", "naver")
    code, said = shell.gubi("wallets", "rotate", "naver")
    assert code == 1
    assert "--overlap 0" in said
    assert shell.gubi("wallets", "rotate", "naver", "--overlap", "0")[0] == 0
    assert len(load_endpoints(settings.keys)["naver"].keys) == 1


def test_a_replay_says_how_much_is_due_again(shell: Shell, settings: Settings) -> None:
    meanwhile(shell, settings, work)
    before = (utc_now() - HOUR).astimezone(SEOUL).strftime("%Y-%m-%dT%H:%M:%S")
    code, said = shell.gubi("wallets", "replay", "naver", "--since", before, "--yes")
    assert code == 0
    assert said.startswith("1 notices to naver are due again under their old ids")
    assert json.loads(shell.gubi("wallets", "endpoints", "--json")[1])[0]["waiting"] == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("rotate", "nobody"), "No wallet app 'nobody' has an endpoint. Those that have one are naver."),
        (("resume", "nobody"), "No wallet app 'nobody' has an endpoint. Those that have one are naver."),
        (("replay", "naver", "--since", "2999-01-01", "--yes"), "has not been yet"),
        (("replay", "nobody", "--since", "2022-12-12", "--yes"), "No wallet app 'nobody'"),
    ],
)
def test_a_mistake_is_one_sentence_and_changes_nothing(
    shell: Shell, settings: Settings, words: tuple[str, ...], sentence: str
) -> None:
    meanwhile(shell, settings, work)
    code, said = shell.gubi("wallets", *words)
    assert code == 1
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_without_a_registry_it_says_how_to_make_one(shell: Shell) -> None:
    code, said = shell.gubi("wallets", "endpoints")
    assert code == 1
    assert "found no usable webhooks.json" in said
    assert said.index("docs/backup.md") < said.index("where there is none yet: gubi prepare")
