"""What a fault has at hand while it happens, and when what it broke was whole again."""

import asyncio
import math
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer

from deploy.gubi.installation import Installation
from shared.events import SubmissionExtracted, SubmissionReceived, SubmissionScreened, SubmissionTakenBack
from tests.builders.waiting import until
from tests.faults.brokers import Brokers
from tests.faults.judging import told
from tests.faults.ledger import Ledger, Sent
from tests.faults.report import Recovered
from tests.faults.watching import Watch

SERVICES = ("intake", "extraction", "eligibility", "withdrawal", "notification", "dashboard")
WORK = {
    "intake": SubmissionReceived.topic,
    "extraction": SubmissionExtracted.topic,
    "eligibility": SubmissionScreened.topic,
    "withdrawal": SubmissionTakenBack.topic,
    "notification": told("received"),
}
"""By what each service is seen to work. The desk does by itself nothing: it works when an official opens something."""
AROUND = 2.0
"""Seconds: what was sent so shortly before or after a blow had to get through it."""


SERVICE_WITHIN, BROKER_WITHIN = 15.0, 30.0
"""Seconds in which what was killed is to be made up for: a service, and a broker."""


@dataclass(frozen=True)
class Blow:
    """Something broke, or came back, at an instant; of one service, or of what all rest on."""

    at: float
    victim: str = ""
    within: float | None = None
    """Seconds in which it is to have been made up for; None where no limit is set."""


@dataclass
class Scene:
    """One fault under load."""

    place: Installation
    watch: Watch
    ledger: Ledger
    dice: random.Random
    seconds: float
    """How long a fault that goes on and on is to go on."""
    say: Callable[[str], None]
    counted: Counter[str] = field(default_factory=Counter)
    """What was done, for the report."""
    blows: list[Blow] = field(default_factory=list)
    anew: dict[Blow, float] = field(default_factory=dict)
    """When another desk was started in the place of one that was killed."""
    _waiting: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def brokers(self) -> Brokers:
        """The brokers, to be broken."""
        return Brokers(self.place)

    def blow(self, victim: str = "", within: float | None = None) -> Blow:
        """Note that recovery is counted from now on."""
        self.blows.append(Blow(time.monotonic(), victim, within))
        return self.blows[-1]

    @asynccontextmanager
    async def otherwise(self, commands: Mapping[str, Sequence[str]]) -> AsyncIterator[None]:
        """Run some services by other commands meanwhile, each started anew by SIGTERM, before and after."""
        supervisor = self.place.supervisor
        usual = supervisor.command
        supervisor.command = lambda name: commands.get(name) or usual(name)
        try:
            await self.start_anew(*commands)
            yield
        finally:
            supervisor.command = usual
            await self.start_anew(*commands)

    async def start_anew(self, *services: str) -> None:
        """SIGTERM these, and wait until others of their name have begun."""
        children = self.place.supervisor.children
        before = {name: children[name].process.pid for name in services}
        for name in services:
            if children[name].process.poll() is None:
                self.place.supervisor.kill(name, signal.SIGTERM)
        await until(lambda: all(children[name].process.pid != pid for name, pid in before.items()))

    async def works(self, *services: str) -> None:
        """Wait until each of these has done its work for something sent from now on."""
        now = time.monotonic()

        def all_did() -> bool:
            fresh = [one for one in self.ledger.sent.values() if one.asked_at > now]
            return all(self._first(fresh, WORK[name]) if name in WORK else self._opened(now) for name in services)

        await until(all_did)

    def worked_between(self, service: str, begin: float, end: float) -> int:
        """How often it did its work for another submission between two instants."""
        topic = WORK[service]
        return sum(begin < at < end for (said, _), at in self.watch.first.items() if said == topic)

    def kill(self, service: str, how: signal.Signals = signal.SIGKILL) -> None:
        """Send a service a signal; it is started again when it ends."""
        before = self.place.supervisor.children[service].process.pid
        self.place.supervisor.kill(service, how)
        blow = self.blow(service, SERVICE_WITHIN)
        if service not in WORK:
            self._waiting.add(asyncio.create_task(self._until_anew(blow, before)))

    async def _until_anew(self, blow: Blow, before: int) -> None:
        child = self.place.supervisor.children[blow.victim]
        await until(lambda: child.process.pid != before)
        self.anew[blow] = time.monotonic()

    async def recovered(self) -> list[Recovered]:
        """Of each blow the victim, and the seconds until what was broken was whole again, or that it never was.

        Of a killed service: until it had done its work for something sent after the kill; of the desk: until it had
        opened something that it was asked for since it was started again. Of what all rest on: until everything that
        was sent shortly before and after was received, ended, and the app told. A service that is struck again before
        it worked has one recovery, from the last blow.
        """
        await asyncio.gather(*self._waiting, return_exceptions=True)  # one that waited in vain has no `anew`
        sent = list(self.ledger.sent.values())
        found = []
        for number, blow in enumerate(self.blows):
            at = self._whole_again(blow, sent)
            if blow.victim and any(
                later.victim == blow.victim and (at is None or later.at < at) for later in self.blows[number + 1 :]
            ):
                self.counted[f"{blow.victim} struck again before it worked"] += 1
                continue
            took = None if at is None else max(0.0, at - blow.at)
            found.append(Recovered(blow.victim or "everything", took, blow.within))
        return found

    def _whole_again(self, blow: Blow, sent: Sequence[Sent]) -> float | None:
        if blow.victim in WORK:
            after = [one for one in sent if one.asked_at > blow.at]
            return min(self._first(after, WORK[blow.victim]), default=None)
        if blow.victim:
            return min(self._opened(self.anew.get(blow, math.inf)), default=None)
        near = [one for one in sent if one.acknowledged and abs(one.asked_at - blow.at) < AROUND]
        through = [self._through(one) for one in near]
        return max(map(max, through)) if through and all(through) else None

    def _first(self, sent: Iterable[Sent], topic: str) -> list[float]:
        return [at for one in sent if (at := self.watch.first.get((topic, one.would_be)))]

    def _opened(self, since: float) -> list[float]:
        """When each submission was opened that was asked for since an instant."""
        return [answered for asked, answered in self.ledger.answered["view"] if asked > since]

    def _through(self, sent: Sent) -> Sequence[float]:
        ends = (SubmissionScreened.topic, SubmissionTakenBack.topic)
        ended = [at for topic in ends for at in self._first([sent], topic)]
        rest = [at for topic in (SubmissionReceived.topic, told("received")) for at in self._first([sent], topic)]
        return [min(ended), *rest] if ended else []

    async def log_lines(self, service: str, *, holding: str, since: int = 0) -> int:
        """How many lines of a service's log hold these words, from a byte on."""
        path = self.place.supervisor.logs / f"{service}.log"
        return (await asyncio.to_thread(path.read_bytes))[since:].count(holding.encode())

    def logged(self) -> dict[str, int]:
        """How long each service's log is now."""
        return {name: (self.place.supervisor.logs / f"{name}.log").stat().st_size for name in SERVICES}

    async def logged_since(self, before: dict[str, int], holding: str) -> Counter[str]:
        """How many lines with these words each service has logged since."""
        return Counter({name: await self.log_lines(name, holding=holding, since=at) for name, at in before.items()})

    async def say_again(self, records: Iterable[Any]) -> None:
        """Say these records once more, as they stand in their topics."""
        producer = AIOKafkaProducer(bootstrap_servers=self.place.settings.kafka, acks="all", linger_ms=20)
        await producer.start()
        try:
            for record in records:
                await producer.send(record.topic, record.value, key=record.key, headers=list(record.headers))
                self.counted["said again"] += 1
            await producer.flush()
        finally:
            await producer.stop()


@dataclass(frozen=True)
class Fault:
    """A kind of fault: its name, what is broken, and the breaking, which raises where it did not bite."""

    name: str
    happen: Callable[[Scene], Awaitable[None]]
    brokers: int = 1
    """How many brokers it needs, that are this run's own: 0 where anybody's serve."""
    after: float = 3.0
    """Seconds of load after it."""
    what: str = ""
    """What its name does not say, in a few words for the report."""
