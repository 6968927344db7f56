"""The one page for people: what this is, which apps there are, what was sent and what they were told."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from services.wallet_simulator.inbox import Inbox
from services.wallet_simulator.world import World
from shared.catalog import Catalog
from shared.clock import SEOUL, Clock

_SHOWN = 20
_NOTICES = {
    "received": "접수",
    "unreadable": "읽을 수 없음",
    "supplement_asked": "보완 요청",
    "viewed": "열람 완료",
    "decided": "결정",
    "taken_back": "회수 완료",
    "withdrawn": "취하 완료",
}
_MODES = {"up": "정상", "slow": "느림", "error": "500 오류", "down": "무응답", "gone": "폐쇄(410)"}


class Page:
    """Renders the page."""

    def __init__(self, catalog: Catalog, world: World, inbox: Inbox, clock: Clock) -> None:
        """Take what is shown."""
        self._catalog = catalog
        self._world = world
        self._inbox = inbox
        self._clock = clock
        templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True)
        templates.filters["seoul"] = lambda at: at.astimezone(SEOUL).strftime("%Y-%m-%d %H:%M:%S")
        self._template = templates.get_template("page.html")

    def _apps(self) -> list[dict[str, Any]]:
        return [
            {
                "name": wallet.name.ko,
                "id": app,
                "kinds": f"{'약 ' if wallet.approximate else ''}{wallet.types_2022_12}",
                "basis": wallet.abilities.basis,
                "sends": [self._catalog.certificates[kind].title for kind in wallet.abilities.sends],
                "told_of_viewing": wallet.abilities.told_of_viewing,
                "known": "이력에 열람 시각을 보여 줌"
                if wallet.read_notice == "history_shows_view_time"
                else "확인되지 않음",
                "mode": _MODES[self._inbox.switches[app].mode] if app in self._inbox.switches else "알림 주소 없음",
            }
            for app, wallet in self._catalog.wallets.items()
        ]

    def html(self) -> str:
        """Give the page as of now."""
        names = {app: wallet.name.ko for app, wallet in self._catalog.wallets.items()}
        titles = {kind: certificate.title for kind, certificate in self._catalog.certificates.items()}
        return self._template.render(
            apps=self._apps(),
            names=names,
            titles=titles,
            programmes={name: programme.name.ko for name, programme in self._catalog.programmes.items()},
            notices_ko=_NOTICES,
            sent=list(self._world.sent.values())[: -_SHOWN - 1 : -1],
            notices=self._inbox.notices()[: -_SHOWN - 1 : -1],
            counts=self._inbox.counts() | {"holders": len(self._world.holders), "sent": len(self._world.sent)},
            now=self._clock(),
        )
