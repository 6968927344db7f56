"""A receipt link shows one submission to whoever has it, and nothing to whoever guesses, alters or confuses."""

import string

import pytest

from services.intake.links import Links
from shared.ids import is_submission_id
from shared.vault import Keyring

ID = "s-" + "a" * 26
OTHER = "s-" + "b" * 26


@pytest.fixture
def links(keyring: Keyring) -> Links:
    return Links(keyring, "https://gubi.example")


def test_a_link_leads_to_its_submission_in_every_process_that_has_the_keyring(links: Links, keyring: Keyring) -> None:
    name = links.page(ID).removeprefix("https://gubi.example/r/")
    assert Links(keyring, "https://elsewhere.example").submission_of(name) == ID


def test_a_link_and_an_id_are_never_taken_for_each_other(links: Links) -> None:
    assert links.submission_of(ID) is None
    assert not is_submission_id(links.name(ID))


@pytest.mark.parametrize(
    "name", ["", "r-", "s-", "r-" + "a" * 26, "../livez", "r-" + "A" * 26 + "-" + "a" * 26, "가" * 55]
)
def test_what_is_no_link_leads_nowhere(links: Links, name: str) -> None:
    assert links.submission_of(name) is None


def test_no_single_letter_of_a_link_can_be_changed(links: Links) -> None:
    name = links.name(ID)
    for place in range(len(name)):
        for letter in string.ascii_lowercase + string.digits:
            if letter != name[place]:
                assert links.submission_of(name[:place] + letter + name[place + 1 :]) is None


def test_one_links_token_does_not_open_another_submission_nor_does_another_keyrings(links: Links, tmp_path) -> None:
    assert links.submission_of(f"r-{OTHER[2:]}-{links.name(ID)[-26:]}") is None
    stranger = Links(Keyring.create(tmp_path / "other"), "https://gubi.example")
    assert links.submission_of(stranger.name(ID)) is None


def test_no_other_keyed_token_of_an_id_opens_its_page(links: Links, keyring: Keyring) -> None:
    for purpose in ("submission", "receipt", "holder", "request", "content", "certificate"):
        assert links.submission_of(f"r-{ID[2:]}-{keyring.token(purpose, ID)}") is None
