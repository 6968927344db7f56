"""`gubi samples make` writes what it is asked for, and says what it cannot make and what to do about it."""

from pathlib import Path

import pytest

from deploy.gubi import samples
from deploy.gubi.samples import make_samples, ordered
from deploy.trouble import Trouble
from services.wallet_simulator.samples import KINDS, PRODUCERS
from shared.facts import Certificate


@pytest.fixture(autouse=True)
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUBI_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("GUBI_TRUST_ROOTS", str(tmp_path / "keys" / "trust"))


def test_a_pdf_and_its_expectation_are_written_for_every_kind_and_producer(tmp_path: Path) -> None:
    order = ordered("EI_HIST", "typst", 2, 1, "ordinary", varied=False)
    written = list(make_samples(order, tmp_path / "out"))
    assert [path.name for path in written] == [
        "EI_HIST-ordinary-plain-typst-1.pdf",
        "EI_HIST-ordinary-plain-typst-2.pdf",
    ]
    assert len(written) == order.total
    for path in written:
        expected = Certificate.model_validate_json(path.with_suffix(".expected.json").read_text())
        assert expected.kind == "EI_HIST"


def test_all_means_every_kind_that_has_the_case_and_every_producer() -> None:
    order = ordered("all", "all", 3, 1, "ordinary", varied=True)
    assert order.kinds == tuple(KINDS)
    assert order.producers == tuple(PRODUCERS)
    assert order.total == 3 * len(KINDS) * len(PRODUCERS)
    assert ordered("all", "typst", 1, 1, "same_title", varied=False).kinds == ("DISAB",)


def test_varied_and_plain_samples_of_one_seed_stand_beside_each_other(tmp_path: Path) -> None:
    for varied in (True, False):
        list(make_samples(ordered("BLSS", "typst", 1, 4, "ordinary", varied=varied), tmp_path))
    assert len(list(tmp_path.glob("BLSS-*.pdf"))) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("INCOM", "typst", "ordinary"), "Did you mean 'INCOME'?"),
        (("INCOME", "latex", "ordinary"), f"There are {', '.join(PRODUCERS)}, and all."),
        (("INCOME", "typst", "ordnary"), "Did you mean 'ordinary'?"),
        (("EMPLOY", "typst", "transfer"), "EMPLOY has no case 'transfer'."),
    ],
)
def test_what_there_is_not_is_said_with_what_there_is(words: tuple[str, str, str], said: str) -> None:
    kind, producer, case = words
    with pytest.raises(Trouble) as refused:
        ordered(kind, producer, 1, 1, case, varied=False)
    assert said in str(refused.value.sentence)


def test_a_producer_without_what_it_needs_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_browser(*_: object, **__: object) -> None:
        raise FileNotFoundError("Chromium is not installed: on Debian, apt-get install chromium")

    monkeypatch.setattr(samples, "make", no_browser)
    with pytest.raises(Trouble) as refused:
        list(make_samples(ordered("EMPLOY", "chromium", 1, 1, "ordinary", varied=False), tmp_path))
    assert "apt-get install chromium" in str(refused.value.sentence)
