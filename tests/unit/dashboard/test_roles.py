"""The table of roles, and the file that says what a provider's claims mean: deny by default, mistakes told at start."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from services.dashboard.oidc.config import Config, is_safe, load_config
from services.dashboard.pages import role_words
from services.dashboard.roles import ACTS, MAY, ROLES, Grant, may, may_somewhere
from shared.catalog import load
from shared.settings import Settings, SettingsMistake

PROGRAMMES, OFFICES = ("A", "B"), ("x", "y")


def test_every_act_stands_in_the_table_and_every_role_and_act_has_its_word() -> None:
    assert tuple(MAY) == ACTS
    assert set(role_words.ACT) == set(ACTS)
    assert set(role_words.ROLE) == set(ROLES)


def test_the_table_is_what_the_office_was_promised() -> None:
    acts = {role: {act for act in ACTS if role in MAY[act]} for role in ROLES}
    assert acts["reader"] == {"see", "leave"}
    assert acts["handler"] == set(ACTS) - {"confirm", "mend", "publish"}
    assert acts["approver"] == {"see", "leave", "undo", "decline", "confirm", "export"}
    assert acts["administrator"] == {"see", "leave", "tend", "mend", "publish"}


@pytest.mark.parametrize("act", ACTS)
def test_a_grant_allows_what_its_role_may_where_it_holds_and_nowhere_else(act: Any) -> None:
    for role, programme, office in itertools.product(ROLES, PROGRAMMES, OFFICES):
        allowed = role in MAY[act]
        assert may([Grant(role)], act, programme, office) is allowed
        assert may([Grant(role, ("A",), ("x",))], act, programme, office) is (
            allowed and (programme, office) == ("A", "x")
        )
        assert not may([Grant(role, (), ())], act, programme, office)
        assert not may([], act, programme, office)


def test_two_grants_do_not_add_up_to_a_third() -> None:
    rights = (Grant("handler", ("A",), ("x",)), Grant("reader", ("B",)))
    assert may(rights, "open", "A", "x")
    assert may(rights, "see", "B", "y")
    assert not may(rights, "open", "B", "x")
    assert not may(rights, "open", "A", "y")


def test_what_stands_in_no_row_is_allowed_to_nobody() -> None:
    everything = [Grant(role) for role in ROLES]
    assert not may(everything, "burn", "A", "x")  # type: ignore[arg-type]
    assert not may_somewhere(everything, "burn")  # type: ignore[arg-type]


# --- The sign-in file.

GOOD: dict[str, Any] = {"issuer": "https://login.example", "client_id": "gubi", "client_secret_file": "secret"}


def loaded(folder: Path, changes: dict[str, Any], **settings: Any) -> tuple[Config, SecretStr]:
    (folder / "secret").write_text("s3cret\n")
    file = folder / "sign-in.yaml"
    file.write_text(json.dumps({name: value for name, value in {**GOOD, **changes}.items() if value is not None}))
    given = {"sign_in": file, "desk_url": "https://desk.example", **settings}
    found = load_config(Settings(_env_file=None, **given), load())
    assert found is not None
    return found


def test_three_lines_are_enough_and_the_rest_has_sensible_defaults(tmp_path: Path) -> None:
    config, secret = loaded(tmp_path, {})
    assert secret.get_secret_value() == "s3cret"
    assert "s3cret" not in repr((config, secret))
    assert config.rights_of(("gubi-handler", "unknown"), "donated_food") == (Grant("handler", None, ("donated_food",)),)
    assert config.rights_of((), "donated_food") == ()
    assert not {"none", "HS256"} & set(config.algorithms)


@pytest.mark.parametrize(
    "address", ["https://desk.example", "https://desk.example/", "https://desk.example:8443", "http://[::1]:8080"]
)
def test_a_desks_address_as_browsers_say_it_is_taken(tmp_path: Path, address: str) -> None:
    assert loaded(tmp_path, {}, desk_url=address)


def test_the_secret_may_come_from_the_environment_instead(tmp_path: Path) -> None:
    _, secret = loaded(tmp_path, {"client_secret_file": None}, sign_in_secret=SecretStr("other"))
    assert secret.get_secret_value() == "other"


@pytest.mark.parametrize(
    ("changes", "settings", "said"),
    [
        ({"issuer": None}, {}, "at issuer: this field is needed"),
        ({"issuer": "http://login.example"}, {}, "at issuer: it must begin with https://"),
        ({"issuer": "https://a@login.example"}, {}, "at issuer: it must begin with https://"),
        ({"issuers": "x"}, {}, "at issuers: this field is not known"),
        ({"scopes": ["profile"]}, {}, "at scopes: openid must be among them"),
        ({"algorithms": ["HS256"]}, {}, "at algorithms.0"),
        ({"algorithms": ["none"]}, {}, "at algorithms.0"),
        ({"algorithms": []}, {}, "at algorithms"),
        ({"grants": {}}, {}, "at grants"),
        ({"grants": {"x": [{"role": "king"}]}}, {}, "at grants.x.0.role"),
        ({"grants": {"x": [{"role": "reader", "programmes": ["NONE"]}]}}, {}, "NONE is not known"),
        ({"grants": {"x": [{"role": "reader", "offices": ["nowhere"]}]}}, {}, "nowhere is not known"),
        ({"offices": {"dept": "nowhere"}}, {}, "nowhere is not known"),
        ({"client_secret_file": None}, {}, "The client's secret is needed once"),
        ({}, {"sign_in_secret": SecretStr("both")}, "The client's secret is needed once"),
        ({"client_secret_file": "missing"}, {}, "cannot be read"),
        ({"client_secret_file": "sign-in.yaml.d"}, {}, "cannot be read"),
        ({}, {"desk_url": None}, "GUBI_DESK_URL is needed"),
        ({}, {"desk_url": "http://desk.example"}, "GUBI_DESK_URL must begin with https://"),
        ({}, {"desk_url": "https://city.example/desk"}, "wants a host of its own"),
        ({}, {"desk_url": "https://Desk.example"}, "refused: https://desk.example"),
        ({}, {"desk_url": "HTTPS://desk.example"}, "refused: https://desk.example"),
        ({}, {"desk_url": "https://desk.example:443/"}, "refused: https://desk.example"),
        ({}, {"desk_url": "http://127.0.0.1:80"}, "refused: http://127.0.0.1"),
        ({}, {"desk_url": "https://구비.example"}, "refused: https://xn--"),
        ({}, {"desk_url": "https://desk.example:port"}, "GUBI_DESK_URL is not an address"),
        ({}, {"desk_url": "https://["}, "GUBI_DESK_URL must begin with https://"),
        ({}, {"development": True}, "take one of the two out"),
    ],
)
def test_a_mistake_is_told_when_the_desk_starts_with_its_remedy(
    tmp_path: Path, changes: dict[str, Any], settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(SettingsMistake) as told:
        loaded(tmp_path, changes, **settings)
    assert said in str(told.value)
    assert "s3cret" not in str(told.value)
    assert str(tmp_path) not in str(told.value)


def test_a_secret_is_in_no_print_of_the_settings() -> None:
    settings = Settings(_env_file=None, sign_in_secret=SecretStr("s3cret"))
    assert "s3cret" not in f"{settings!r}{settings}"


@pytest.mark.parametrize(
    "address", ["https://a.example", "https://a.example/b", "http://127.0.0.1:1", "http://[::1]:2"]
)
def test_an_address_by_https_or_on_this_machine_is_safe(address: str) -> None:
    assert is_safe(address)


@pytest.mark.parametrize(
    "address",
    ["", "a.example", "http://a.example", "ftp://a.example", "https://", "https://u:p@a.example", "https://a.example#f",
     "https://[", "http://127.0.0.1.example", "http://localhost.example"],
)  # fmt: skip
def test_any_other_is_not(address: str) -> None:
    assert not is_safe(address)


def test_the_example_that_comes_with_gubi_is_one_that_can_be_taken(tmp_path: Path) -> None:
    example = Path(__file__).parents[3] / "docs" / "sign-in.example.yaml"
    (tmp_path / "sign-in.yaml").write_text(example.read_text())
    (tmp_path / "client-secret").write_text("x")
    settings = Settings(_env_file=None, sign_in=tmp_path / "sign-in.yaml", desk_url="https://desk.example")
    found = load_config(settings, load())
    assert found is not None
