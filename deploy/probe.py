"""Asks a door of this container how it is: `python -m deploy.probe 8900/readyz`, where only a command can be run.

Nothing but the standard library, since it is started every few seconds.
"""

import http.client
import sys

SECONDS = 4.0


def ask(door: str) -> tuple[bool, str]:
    """Return whether `door`, a port and a path as in `8900/readyz`, answers 200, and what it says."""
    port, _, path = door.partition("/")
    line = http.client.HTTPConnection("127.0.0.1", int(port), timeout=SECONDS)
    try:
        line.request("GET", f"/{path}")
        answer = line.getresponse()
        return answer.status == http.client.OK, answer.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        return False, type(error).__name__
    finally:
        line.close()


if __name__ == "__main__":
    well, told = ask(sys.argv[1])
    sys.stdout.write(f"{told}\n")
    sys.exit(0 if well else 1)
