"""The walk that the image is tried with begins once there is somebody to ask."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread, Timer

import httpx
import pytest

from deploy import smoke
from tests.conftest import free_port


class Alive(BaseHTTPRequestHandler):
    """Answers that it lives, and knows nothing else."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/livez" else 404)
        self.end_headers()

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def late() -> Iterator[str]:
    """The address of one that is not there yet, and is after a second."""
    port, begun = free_port(), list[HTTPServer]()

    def begin() -> None:
        begun.append(HTTPServer(("127.0.0.1", port), Alive))
        Thread(target=begun[0].serve_forever).start()

    timer = Timer(1.0, begin)
    timer.start()
    yield f"http://127.0.0.1:{port}"
    timer.join()
    begun[0].shutdown()
    begun[0].server_close()


def test_a_simulator_that_does_not_listen_yet_is_waited_for(late: str) -> None:
    with pytest.raises(httpx.HTTPStatusError, match=r"404 .*/members"):
        smoke.main(late)
