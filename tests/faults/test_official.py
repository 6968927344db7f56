"""The official of the load is tried at a real desk: what breaks between them must not make it do a thing twice, or
believe what was not answered.
"""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.desk import Office, a_working_desk, state, take_back
from tests.faults.asking import NoAnswer, Said
from tests.faults.official import Official


class Breaking(httpx.AsyncBaseTransport):
    """A line to the desk; where `breaks` says so of a request, its answer is lost on the way back."""

    def __init__(self, whole: httpx.AsyncBaseTransport) -> None:
        self._whole = whole
        self.breaks: Callable[[httpx.Request], bool] = lambda request: False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._whole.handle_async_request(request)
        if self.breaks(request):
            self.breaks = lambda request: False
            raise httpx.ReadError("the answer is lost")
        return answer


@pytest.fixture
async def office(settings: Settings, keyring: Keyring) -> AsyncIterator[Office]:
    del keyring  # made where the desk loads it from
    async with a_working_desk(settings) as made:
        yield made


@pytest.fixture
def line(office: Office) -> Breaking:
    return Breaking(httpx.ASGITransport(office.app))


@pytest.fixture
async def official(line: Breaking) -> AsyncIterator[Official]:
    made = Official("http://desk", transport=line)
    with pytest.raises(NoAnswer):  # nobody is signed in yet: the next time somebody is
        await made.look("s-0")
    yield made
    await made.close()


async def test_what_is_opened_and_decided_is_so_at_the_gate(office: Office, official: Official) -> None:
    sid = await office.submission("review")
    await official.look(sid)
    assert await state(office, sid) == "viewed"
    await official.decide(sid, "eligible")
    assert await state(office, sid) == "decided"


@pytest.mark.parametrize("ending", ["/looks", "/decision"])
async def test_a_form_whose_answer_was_lost_is_sent_again_and_done_once(
    office: Office, official: Official, line: Breaking, ending: str
) -> None:
    sid = await office.submission("eligible")
    acts = {"/looks": lambda: official.look(sid), "/decision": lambda: official.decide(sid, "eligible")}
    for name, act in acts.items():
        if name == ending:
            line.breaks = lambda request: request.method == "POST" and request.url.path.endswith(ending)
            with pytest.raises(NoAnswer):
                await act()
        await act()
    assert await state(office, sid) == "decided"
    looks, _, _ = await office.wiring.gate.looks("SONMOK9988_2022")
    assert looks == 1


async def test_what_was_taken_back_does_not_open(office: Office, official: Official) -> None:
    sid = await office.submission("eligible")
    await take_back(office, sid)
    with pytest.raises(Said):
        await official.look(sid)
