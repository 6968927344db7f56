"""The line is tried on what it must tell apart."""

import io
import struct

from aiokafka.errors import OutOfOrderSequenceNumber
from aiokafka.protocol.produce import ProduceRequest_v7, ProduceResponse_v7

from tests.faults.line import out_of_order

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
