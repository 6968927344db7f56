"""Marker values go in through every door; then everything that is not sealed is searched for them."""

import json
import re
from collections.abc import Iterable
from datetime import date

import bson
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.gubi.demo.desk import Desk
from deploy.gubi.installation import Installation
from gubi_wallet import Certificate, Person, Problem
from services.wallet_simulator.samples import Issuer, make
from services.wallet_simulator.samples import Person as Holder
from shared.clock import seoul_date, utc_now
from shared.events import SubmissionReceived
from shared.kafka import topic_name
from shared.logs import ALLOWED
from shared.mongo import close, connect
from shared.traces import trace_of
from tests.builders.citizens import PROGRAMME, wallet_apps
from tests.builders.waiting import until

OF_A_TOPIC = ("parked", "given-back", "commit-failed", "poisoned-deploy")
pytestmark = [pytest.mark.e2e, pytest.mark.connected, pytest.mark.timeout(600)]

NAME = "독고표식가상"
BORN = date(1971, 11, 23)
ADDRESS = "1MarkerMarkerMarkerMarkerMarkerMarker"
MARKERS = {
    NAME.encode(),
    NAME.encode("utf-16-le"),
    b"1971-11-23",
    b"1971. 11. 23",
    b"711123",
    ADDRESS.encode(),
    b"MarkerMarker",
}


def hits(where: str, blobs: Iterable[bytes]) -> list[str]:
    escaped = NAME.encode("unicode_escape")
    return [where for blob in blobs if any(marker in blob for marker in MARKERS) or escaped in blob.lower()]


async def everything_in_the_topics(place: Installation, poisoned: bytes) -> dict[str, list[bytes]]:
    consumer = AIOKafkaConsumer(bootstrap_servers=place.settings.kafka, auto_offset_reset="earliest")
    await consumer.start()
    found: dict[str, list[bytes]] = {}
    try:
        consumer.subscribe(pattern=re.escape(place.settings.topic_prefix) + ".*")
        await until(lambda: len(consumer.assignment()) > 100)
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for partition, records in (await consumer.getmany(timeout_ms=500)).items():
                for record in records:
                    if record.value == poisoned:
                        continue  # what this test itself put there
                    parts = [record.key or b"", record.value or b""]
                    parts += [value or b"" for _, value in record.headers]
                    found.setdefault(partition.topic, []).append(b"\n".join(parts))
        return found
    finally:
        await consumer.stop()


async def test_no_marker_value_is_in_any_topic_log_dead_letter_or_unsealed_document(place: Installation) -> None:
    issuer = Issuer.open(place.settings.keys / "sample-issuer")
    marked = Holder(NAME, BORN, 1)
    person = Person(ADDRESS, NAME, BORN)
    sent = []
    async with wallet_apps(place) as apps:
        for kind, case in (
            ("EI_HIST", "ordinary"),
            ("RR_FULL", "ordinary"),
            ("EMPLOY", "rrn_unmasked"),
            ("RR_FULL", "scan"),
            ("RR_FULL", "altered"),
        ):
            sample = make(kind, person=marked, seed=1, issued_on=seoul_date(utc_now()), case=case, issuer=issuer)
            sent.append(
                (await apps["toss"].submit(PROGRAMME, person, [Certificate(kind, sample.pdf)]))["submission_id"]
            )
        for refused in (
            (f"{PROGRAMME}_{NAME}", [Certificate("EI_HIST", b"%PDF-" + NAME.encode())]),
            (PROGRAMME, [Certificate(NAME, b"%PDF-1.7 " + NAME.encode())]),
            (PROGRAMME, [Certificate("EI_HIST", NAME.encode())]),
        ):
            with pytest.raises(Problem) as problem:
                await apps["toss"].submit(refused[0], person, refused[1])
            assert hits("refusal", [repr(problem.value.problem).encode()]) == []
        poisoned = f'{{"submission_id": "{NAME}", "at": "711123-1234567"'.encode()
        assert hits("what is looked for is found", [poisoned])
        producer = AIOKafkaProducer(bootstrap_servers=place.settings.kafka, acks="all")
        await producer.start()
        await producer.send_and_wait(
            topic_name(place.settings, SubmissionReceived.topic), poisoned, key=sent[0].encode(), headers=[("x", b"y")]
        )
        await producer.stop()
        for name in sent[:2]:
            await until(lambda name=name: settled(apps["toss"], name))
        desk = Desk(place.url("dashboard"))
        await desk.sign_in()
        assert await desk.open(sent[0])
        await apps["naver"].take_back(sent[1], ADDRESS)
        await until(lambda: state(apps["naver"], sent[1], "taken_back"))
        await desk.close()

    async def parked() -> bool:
        topics = await everything_in_the_topics(place, poisoned)
        return any("dead" in topic for topic in topics)

    await until(parked)
    topics = await everything_in_the_topics(place, poisoned)
    assert sum(map(len, topics.values())) > 10
    found = [hit for topic, records in topics.items() for hit in hits(f"topic {topic}", records)]
    logs = sorted(place.supervisor.logs.glob("*.log"))
    assert len(logs) >= 6
    found += [hit for path in logs for hit in hits(f"log {path.name}", [path.read_bytes()])]
    for service in ("intake", "extraction", "eligibility", "withdrawal", "notification", "dashboard"):
        found += unusual(service, (place.supervisor.logs / f"{service}.log").read_text())
    parked_by = [path.stem for path in logs if '"parked"' in path.read_text()]
    assert {"extraction", "notification"} <= set(parked_by), "the poisoned record is in the logs of who takes it"
    found += await hits_in_the_store(place)
    assert found == []


def unusual(service: str, log: str) -> list[str]:
    """Lines of a real service's log that are not as a line is to be, each with what is wrong of it."""
    found = []
    for text in log.splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            found.append(f"no JSON: {text[:40]}")
            continue
        about = line.get("submission_id")
        wrongs = {
            "is not of this service": line.get("service") != service,
            "lacks a key": not {"timestamp", "level", "event", "version"} <= line.keys(),
            "has a key that is not on the list": not line.keys() <= ALLOWED,
            "is of no trace": bool(about) and line.get("trace_id") != trace_of(about),
            "names no topic": line.get("event") in OF_A_TOPIC and not line.get("topic"),
        }
        found += [f"{line.get('event')} {wrong}" for wrong, is_so in wrongs.items() if is_so]
    return found


def test_an_unusual_line_is_noticed() -> None:
    usual = {"timestamp": "", "level": "", "event": "given-back", "version": "", "service": "intake", "topic": "t"}
    assert unusual("intake", json.dumps(usual)) == []
    for spoilt in ({"topic": ""}, {"service": "x"}, {"name": "x"}, {"submission_id": "s-1"}, {"dropped_fields": 1}):
        assert len(unusual("intake", json.dumps(usual | spoilt))) == 1
    assert unusual("intake", "Traceback") == ["no JSON: Traceback"]


async def settled(client: object, name: str) -> bool:
    return (await client.status(name, ADDRESS))["class"] == "screened"  # type: ignore[attr-defined]


async def state(client: object, name: str, wanted: str) -> bool:
    return (await client.status(name, ADDRESS))["state"] == wanted  # type: ignore[attr-defined]


async def hits_in_the_store(place: Installation) -> list[str]:
    client = connect(place.settings)
    found = []
    documents = 0
    for name in await client.list_database_names():
        if not name.startswith(place.settings.database_prefix):
            continue
        for collection in await client[name].list_collection_names():
            async for document in client[name][collection].find():
                documents += 1
                found += hits(f"store {name}.{collection}", [bson.encode(document), repr(document).encode()])
    await close(client)
    assert documents > 20
    return found
