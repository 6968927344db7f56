"""The line is tried on what it must tell apart."""

import asyncio
import io
import struct

from aiokafka.errors import OutOfOrderSequenceNumber
from aiokafka.protocol.commit import OffsetCommitRequest_v2
from aiokafka.protocol.produce import ProduceRequest_v7, ProduceResponse_v7

from tests.builders.waiting import until
from tests.faults.line import Line, out_of_order

HEADER = struct.Struct(">hhih")


def test_a_produce_request_is_refused_part_by_part_as_a_broker_would() -> None:
    asked = ProduceRequest_v7(None, -1, 1000, [("a", [(0, b"batch"), (2, b"batch")]), ("b", [(1, b"batch")])])
    refusal = out_of_order(HEADER.pack(0, 7, 99, 4) + b"gubi" + asked.encode())
    assert struct.unpack_from(">i", refusal) == (99,)
    answer = ProduceResponse_v7.decode(io.BytesIO(refusal[4:]))
    told = [(topic, part, code) for topic, parts in answer.topics for part, code, *_ in parts]
    code = OutOfOrderSequenceNumber.errno
    assert told == [("a", 0, code), ("a", 2, code), ("b", 1, code)]


def test_any_other_request_passes() -> None:
    assert out_of_order(HEADER.pack(3, 5, 99, 4) + b"gubi") == b""


async def test_the_request_that_is_wanted_and_what_follows_it_is_held_back_until_it_is_let_go() -> None:
    came: list[bytes] = []

    async def broker(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while size := await reader.read(4):
            came.append(await reader.readexactly(int.from_bytes(size)))
        writer.close()

    server = await asyncio.start_server(broker, "127.0.0.1", 0)
    line = Line()
    fetch, commit = (HEADER.pack(key, 7, 1, -1) for key in (1, OffsetCommitRequest_v2.API_KEY))
    async with server, line.before(f"127.0.0.1:{server.sockets[0].getsockname()[1]}"):
        _, writer = await asyncio.open_connection("127.0.0.1", int(line.address.rpartition(":")[2]))
        async with line.catching(OffsetCommitRequest_v2.API_KEY) as caught:
            for message in (fetch, commit, fetch):
                writer.write(len(message).to_bytes(4) + message)
            await until(caught.is_set, 10)
            await until(lambda: came, 10)
            await asyncio.sleep(0.1)
            assert came == [fetch]
        await until(lambda: len(came) == 3, 10)
        writer.close()
    assert came == [fetch, commit, fetch]
