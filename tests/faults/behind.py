"""Services that reach the brokers by lines of their own, each of which can be broken by itself."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from deploy.gubi.supervisor import service_command
from tests.faults.line import Line
from tests.faults.scene import Scene


@asynccontextmanager
async def behind_lines(scene: Scene, services: Collection[str]) -> AsyncIterator[Mapping[str, Line]]:
    """Have each of these services behind a line meanwhile; give the lines once all work by them."""
    lines = {name: Line() for name in services}
    async with AsyncExitStack() as standing:
        for line in lines.values():
            await standing.enter_async_context(line.before(scene.place.stack.kafka))
        commands = {
            name: ["/usr/bin/env", f"GUBI_KAFKA={line.address}", *service_command(name)] for name, line in lines.items()
        }
        await standing.enter_async_context(scene.otherwise(commands))
        await scene.works(*services)
        yield lines
