"""How a service's catalogue keeps up with what is published at the desk, without a restart.

A service asks for the names of all versions and closings when it starts, every two seconds, and once more before it
calls a programme unknown: so whatever one service offers, the next one knows. Nothing is said on the bus, since each
process would have to read such a topic whole at each start, to learn what one query tells.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import structlog

from shared.catalog import Catalog, CatalogError
from shared.clock import Clock, seoul_date
from shared.events import ServiceName
from shared.logs import error_fields
from shared.published import Publication, Published, version_name
from shared.service import Loop, ever_again
from shared.wiring import Wiring

EVERY = 2.0
"""Seconds between two looks."""


@dataclass
class Uptake:
    """Keeps a service's catalogue up with what was published."""

    published: Published
    catalog: Catalog
    clock: Clock
    refused: set[str] = field(default_factory=set)
    """Versions that this installation's code cannot take, each said once."""

    @staticmethod
    def of(wiring: Wiring, catalog: Catalog) -> "Uptake":
        """Take what the service stands on, and the catalogue that it works by."""
        return Uptake(wiring.published, catalog, wiring.clock)

    async def prepare(self) -> None:
        """Take up all there is, before anything is done by it. Raises `Unavailable`.

        Raises `CatalogError` for a version that cannot be taken up, or that a file has with another text.
        """
        names, _ = await self.published.names()
        for one in await self.published.publications(names):
            if self.catalog.has(one.sheet):
                continue
            self.catalog.take_up([one.sheet], today=seoul_date(self.clock()))
        await self.look()

    async def know(self, programme_ids: Iterable[str]) -> None:
        """Look once more where one of these programmes is not in the catalogue. Raises `Unavailable`."""
        if not self.catalog.programmes.keys() >= set(programme_ids):
            await self.look()

    async def know_version(self, programme_id: str, version: int) -> None:
        """Look once more where this version is not in the catalogue. Raises `Unavailable`."""
        if (programme_id, version) not in self.catalog.versions:
            await self.look()

    async def look(self) -> None:
        """Take up what is new, and what the day brings into force. Raises `Unavailable`.

        A version that cannot be taken up, since this service is older than the desk that checked it, is left out and
        said: the others, and what is under way, go on.
        """
        versions, closings = await self.published.names()
        known = {version_name(*one) for one in self.catalog.versions}
        ended = {version_name(*one) for one in self.catalog.closings}
        today = seoul_date(self.clock())
        for one in await self._new(versions, known | self.refused):
            if self.catalog.has(one.sheet):  # another look was quicker
                continue
            try:
                self.catalog.take_up([one.sheet], today=today)
            except CatalogError as error:
                self.refused.add(one.name)
                structlog.get_logger().error("programme-refused", version=one.name, **error_fields(error))
        fresh = [name for name in closings if name not in ended]
        self.catalog.take_up(closings=[one.closing for one in await self.published.closed(fresh)], today=today)

    async def _new(self, names: Sequence[str], known: set[str]) -> list[Publication]:
        new = [name for name in names if name not in known]
        return await self.published.publications(new) if new else []

    def ever(self, service: ServiceName) -> Loop:
        """Give the loop that looks again and again."""
        return ever_again(self.look, EVERY, service=service, waits="programmes-wait")
