"""How each server of a stack is now, and that as lines for a terminal."""

from deploy.stack import external, health, processes
from deploy.stack.model import Server, ServerStatus, Stack


def statuses(stack: Stack) -> list[ServerStatus]:
    """Ask every server of `stack` once, brokers first."""
    if stack.name == "external":
        return list(external.statuses(stack))
    return [ServerStatus(server, _trouble(server, stack)) for server in stack.servers]


def _trouble(server: Server, stack: Stack) -> str:
    if server.pid is not None and not processes.lives(server.pid, server.born):
        return "its process has ended"
    if server.is_kafka:
        return health.kafka_trouble(server.port)  # for itself: the others have lines of their own
    return health.mongo_trouble(stack.mongo)


def lines(stack: Stack | None, found: list[ServerStatus]) -> list[str]:
    """Return what `gubi stack status` prints: the stack, a line per server, and what to do when one does not answer."""
    if stack is None:
        return ["No stack is up. To start one: gubi stack up"]
    silent = [status.server.name for status in found if not status.answers]
    said = [f"{stack.name}  kafka {stack.kafka}", *(_line(status) for status in found)]
    return [*said, f"Not serving: {', '.join(silent)}. To start it again: gubi stack up"] if silent else said


def _line(status: ServerStatus) -> str:
    server = status.server
    port = str(server.ports[0]) if server.ports else "-"
    runs_as = f"pid {server.pid}" if server.pid else f"container {server.container[:12]}" if server.container else "-"
    product = f"{server.product} {server.version}".strip()
    return f"  {server.name:<8} {port:>5}  {runs_as:<22} {product:<32} {status.trouble or 'serves'}"
