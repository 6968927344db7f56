"""Signing in and out in a real Chromium, by a real provider on another origin: our policy breaks nothing of it."""

import shutil
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.signing_in import a_scene

CHROMIUM = shutil.which("chromium")
SCREENS = Path("var/screens")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
pytestmark = [
    pytest.mark.connected,
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: on Debian, apt-get install chromium fonts-nanum"),
]
expect.set_options(timeout=60_000)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
async def test_an_official_signs_in_is_told_what_is_not_theirs_and_signs_out_at_both(
    settings: Settings, keyring: Keyring, tmp_path: Path, scripts: bool
) -> None:
    del keyring
    faults: list[str] = []
    async with (
        a_scene(settings, tmp_path, real_desk=True) as scene,
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET) as browser,
        await browser.new_context(locale="ko-KR", java_script_enabled=scripts) as context,
    ):
        page = await context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if "Content Security" in line.text else None)
        scene.grant("reader")
        sid = await scene.office.submission("eligible", receipt="R-1")
        await page.goto(f"{scene.desk_url}/queue?class=eligible")
        await page.screenshot(path=SCREENS / "signin-provider.png", full_page=True)
        await page.get_by_role("link", name="통합 로그인으로 로그인").click()
        await expect(page.get_by_role("rowheader", name="R-1")).to_be_visible()
        assert page.url == f"{scene.desk_url}/queue?class=eligible"
        cookies = {cookie["name"]: cookie for cookie in await context.cookies()}
        assert set(cookies) == {"gubi"}
        assert (cookies["gubi"]["httpOnly"], cookies["gubi"]["sameSite"]) == (True, "Lax")
        refused = await page.goto(f"{scene.desk_url}/submissions/{sid}")
        assert refused is not None
        assert refused.status == 403
        await expect(page.get_by_text("처리 담당자만 할 수 있습니다")).to_be_visible()
        await page.screenshot(path=SCREENS / "notallowed.png", full_page=True)
        await page.get_by_role("button", name="로그아웃").click()
        await page.wait_for_url(f"{scene.desk_url}/signin")
        assert "/end" in scene.provider.asked
        assert await context.cookies() == []
    assert faults == []
