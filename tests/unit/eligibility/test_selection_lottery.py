"""The lottery, recomputed here from what is published alone, without a line of the service's."""

import hashlib
import hmac

import pytest

from services.eligibility.selection.lottery import BadSeed, commitment, lot, seed_of

SEED = bytes(range(32))


def lot_by_hand(seed_hex: str, public_value: str, submission_id: str) -> str:
    """HMAC-SHA256 as RFC 2104 writes it out: H(K xor opad, H(K xor ipad, text))."""
    key = bytes.fromhex(seed_hex) + public_value.encode("utf-8")
    key = hashlib.sha256(key).digest() if len(key) > 64 else key
    key = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + submission_id.encode("ascii")).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).hexdigest()


@pytest.mark.parametrize("public_value", ["", "로또 1084회: 8 12 13 29 33 42", "x" * 100])
def test_anyone_can_recompute_every_lot(public_value: str) -> None:
    for name in ("s-" + "a" * 26, "s-" + "7" * 26):
        assert lot(SEED, public_value, name).hex() == lot_by_hand(SEED.hex(), public_value, name)


def test_a_known_lot_stays_what_it_is() -> None:
    found = lot(SEED, "", "s-aaaaaaaaaaaaaaaaaaaaaaaaaa").hex()
    assert found == hmac.new(SEED, b"s-aaaaaaaaaaaaaaaaaaaaaaaaaa", "sha256").hexdigest()
    assert commitment(SEED) == "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"


def test_what_the_office_cannot_choose_changes_every_lot() -> None:
    assert lot(SEED, "a", "s-x") != lot(SEED, "b", "s-x")


@pytest.mark.parametrize("disclosed", ["", "zz", "00" * 31, "00" * 33])
def test_what_is_no_seed_is_refused(disclosed: str) -> None:
    with pytest.raises(BadSeed):
        seed_of(disclosed)


def test_a_seed_is_read_as_it_was_written() -> None:
    assert seed_of(SEED.hex()) == SEED
