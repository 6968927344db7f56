"""A programme published while every service runs: offered, sent to, read, screened, then closed; none is restarted."""

import html
import re

import httpx
import pytest

from deploy.gubi.demo.desk import forms
from deploy.gubi.installation import Installation
from gubi_wallet import Problem
from tests.builders.citizens import PROGRAMME, citizens, wallet_apps
from tests.builders.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.connected, pytest.mark.timeout(600)]
NEW = "SONMOK9988_2027"


async def test_a_programme_published_at_the_desk_is_offered_screened_and_closed_by_services_that_go_on(
    place: Installation,
) -> None:
    citizen, late = citizens(place, 2, seed=47)
    async with (
        httpx.AsyncClient(base_url=place.url("dashboard"), timeout=30, follow_redirects=True) as official,
        wallet_apps(place) as apps,
    ):

        async def send(page: httpx.Response, ending: str, **fields: str) -> httpx.Response:
            assert page.status_code == 200, f"{page.url}: {page.status_code}"
            [form] = [one for one in forms(page.text) if one.action.split("?")[0].endswith(ending)]
            return await official.post(form.action, data=form.fields | fields)

        async def see(path: str) -> httpx.Response:
            async def seen() -> httpx.Response | None:
                page = await official.get(path)
                return None if page.status_code == 503 else page  # a busy store is asked again, as a person does

            return await until(seen)

        await send(await see("/signin"), "/signin", official="sample-0")
        draft = await send(await see("/programmes"), "/drafts", programme=PROGRAMME, id=NEW)
        found = re.search(r"<textarea[^>]*>\n(.*)</textarea>", draft.text, re.DOTALL)
        assert found is not None
        text = html.unescape(found[1]).replace("ko: 손목닥터 9988", "ko: 새해 손목닥터", 1)
        saved = await send(draft, draft.url.path, text=text)
        published = await send(saved, "/publish")
        assert published.url.path == f"/programmes/{NEW}"

        toss = apps["toss"]

        async def offered() -> bool:
            return NEW in {one["id"] for one in await toss.programmes("새해 손목닥터")}

        await until(offered)
        receipt = await toss.submit(NEW, citizen.person, [citizen.certificate])

        async def screened() -> bool:
            counts = (await official.get(f"/api/overview?programme={NEW}")).json()
            return bool(counts["received"] == 1 and not counts["classes"]["in_flight"])

        await until(screened)
        assert receipt["receipt"] in (await official.get(f"/queue?programme={NEW}")).text

        page = await see(f"/programmes/{NEW}")
        reason = {"because_ko": "예산이 모두 쓰였습니다.", "because_en": "The budget is used up."}
        await send(page, "/close", sure="yes", **reason)

        async def closed() -> bool:
            return not (await toss.programme(NEW))["open"]

        await until(closed)
        with pytest.raises(Problem) as caught:
            await toss.submit(NEW, late.person, [late.certificate])
        assert caught.value.code == "programme-closed-early"
        assert reason["because_ko"] in caught.value.problem["translations"]["ko"]["detail"]
