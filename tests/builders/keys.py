"""Somebody at a keyboard, who has no mouse."""

import pytest
from playwright.async_api import Locator, Page

_FAR = 400
"""Presses within which whatever can be reached is reached."""
_HERE = "(one) => one === document.activeElement"


class Keys:
    """Does everything by keys, and fails where no key leads."""

    def __init__(self, page: Page) -> None:
        """Take the page that is worked at."""
        self.page = page

    async def press(self, *keys: str) -> None:
        """Press these, one after the other."""
        for key in keys:
            await self.page.keyboard.press(key)

    async def reach(self, place: Locator, by: str = "Tab") -> None:
        """Press a key until a place has the focus."""
        for _ in range(_FAR):
            if await place.first.evaluate(_HERE):
                return
            await self.page.keyboard.press(by)
        pytest.fail(f"{by} does not lead to {place}")

    async def follow(self, place: Locator, by: str = "Tab", key: str = "Enter") -> None:
        """Reach a link or a button, press it, and wait for the page that it leads to."""
        await self.reach(place, by)
        async with self.page.expect_navigation():
            await self.page.keyboard.press(key)

    async def write(self, place: Locator, text: str) -> None:
        """Reach a field, and type."""
        await self.reach(place)
        await self.page.keyboard.type(text)
