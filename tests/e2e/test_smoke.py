"""The walk that the image is tried with, on an installation of real processes."""

import pytest

from deploy import smoke
from deploy.gubi.installation import Installation

pytestmark = [pytest.mark.connected, pytest.mark.e2e, pytest.mark.timeout(600)]


def test_one_made_up_citizen_goes_all_the_way(place: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    smoke.main(place.url("wallet_simulator"))
    assert capsys.readouterr().out.splitlines() == ["received", "screened", "taken back", "told of both"]
