"""Says again what a dead letter names, one of a kind first: a cause that still holds must not stop a service.

The record goes to its own topic as it was, so every service that takes the topic hears it again; for those that have
it, that is a repetition like any other. Then a note is put beside the letter. Killed between the two, the next replay
says it once more, which is as harmless.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from deploy.gubi.broker import asking
from deploy.gubi.dead.letters import Found, Letter, Place, kinds, note
from deploy.gubi.dead.searching import letters as all_letters
from shared.clock import Clock, utc_now
from shared.errors import Unavailable
from shared.kafka import dead_letter_topic, topic_name
from shared.settings import Settings

Ending = Literal["handled", "parked again", "not taken", "held back", "said"]
"""Taken and done with · parked once more · said, and its service has not taken it in time · not said, as one of its
kind was not handled · said, and nobody waited."""

_REPLAY_OF = "gubi_replay_of"
_ASK_SECONDS = 0.5

Told = Callable[[int], None]


@dataclass
class Replayed:
    """How each letter ended, and of those that were parked again why."""

    endings: dict[Place, Ending] = field(default_factory=dict)
    reasons: dict[Place, str] = field(default_factory=dict)

    def count(self, ending: Ending) -> int:
        """Count those that ended so."""
        return sum(one == ending for one in self.endings.values())


@dataclass(frozen=True)
class _Said:
    letter: Letter
    partition: int
    offset: int


class Replaying:
    """Replays letters whose records were found."""

    def __init__(self, settings: Settings, found: dict[Place, Found], clock: Clock = utc_now) -> None:
        """Take the records too, by the letters' places."""
        self._settings, self._found, self._clock = settings, found, clock
        self._said: dict[tuple[str, int, int], tuple[int, int]] = {}
        self.done = Replayed()

    async def run(self, letters: Sequence[Letter], patience: float, told: Told = lambda _: None) -> Replayed:
        """Replay letters, waiting at most `patience` seconds for each step; 0 waits for none and says all at once.

        Raises `Unavailable`; what was said stays said, and the rest is replayed when it is run again.
        """
        firsts = [alike[0] for alike in kinds(letters).values()] if patience else []
        await self._step(firsts, patience)
        told(len(firsts))
        well = {kind for kind, alike in kinds(firsts).items() if self.done.endings[alike[0].place] == "handled"}
        rest = [letter for letter in letters if letter.place not in self.done.endings]
        free: list[Letter] = []
        for kind, alike in kinds(rest).items():
            if kind in well or not patience:
                free += alike
            else:
                self.done.endings.update({one.place: "held back" for one in alike})
        await self._step(free, patience)
        told(len(rest))
        return self.done

    async def _step(self, letters: Sequence[Letter], patience: float) -> None:
        if not letters:
            return
        said = await self._say(letters)
        if not patience:
            self.done.endings.update({one.letter.place: "said" for one in said})
            return
        taken = await self._taken(said, patience)
        pairs = {(one.letter.place.service, one.letter.place.topic) for one in said}
        parked = {letter.place: letter.reason for letter in (await all_letters(self._settings, pairs))[0]}
        for one in said:
            old = one.letter.place
            again = Place(old.service, old.topic, one.partition, one.offset)
            if again in parked:
                self.done.endings[old], self.done.reasons[old] = "parked again", parked[again]
            else:
                self.done.endings[old] = "handled" if one in taken else "not taken"

    async def _say(self, letters: Sequence[Letter]) -> list[_Said]:
        """Say each record once, however many services parked it, and note that at each letter."""
        producer = AIOKafkaProducer(bootstrap_servers=self._settings.kafka, acks="all", enable_idempotence=True)
        try:
            await producer.start()
            unsaid = {letter.record: letter for letter in letters if letter.record not in self._said}
            sending = [await producer.send(**self._again(letter)) for letter in unsaid.values()]
            for record, at in zip(unsaid, await asyncio.gather(*sending), strict=True):
                self._said[record] = (at.partition, at.offset)
            noting = [await producer.send(**self._note(letter)) for letter in letters]
            await asyncio.gather(*noting)
        except KafkaError as error:
            raise Unavailable(f"broker:{type(error).__name__.lower()}") from None
        finally:
            await producer.stop()
        return [_Said(letter, *self._said[letter.record]) for letter in letters]

    def _again(self, letter: Letter) -> dict[str, object]:
        found = self._found[letter.place]
        headers = [header for header in found.headers if header[0] != _REPLAY_OF]
        return {
            "topic": topic_name(self._settings, letter.place.topic),
            "value": found.value,
            "key": found.key,
            "headers": [*headers, (_REPLAY_OF, str(letter.place).encode())],
        }

    def _note(self, letter: Letter) -> dict[str, object]:
        topic = topic_name(self._settings, dead_letter_topic(letter.place.topic, letter.place.service))
        key = letter.submission_id or "unknown"
        return {"topic": topic, "value": note(letter, self._clock()), "key": key.encode()}

    async def _taken(self, said: Sequence[_Said], patience: float) -> list[_Said]:
        """Wait until the services have committed what was said to them; a letter is parked before that."""
        deadline = asyncio.get_running_loop().time() + patience
        groups = {one.letter.place.service for one in said}
        async with asking(self._settings) as admin:
            while True:
                at: dict[tuple[str, TopicPartition], int] = {}
                for group in groups:
                    offsets = await admin.list_consumer_group_offsets(f"{self._settings.topic_prefix}{group}")
                    at.update({(group, part): one.offset for part, one in offsets.items()})
                taken = [one for one in said if at.get(self._where(one), 0) > one.offset]
                if len(taken) == len(said) or asyncio.get_running_loop().time() > deadline:
                    return taken
                await asyncio.sleep(_ASK_SECONDS)

    def _where(self, one: _Said) -> tuple[str, TopicPartition]:
        topic = topic_name(self._settings, one.letter.place.topic)
        return one.letter.place.service, TopicPartition(topic, one.partition)
