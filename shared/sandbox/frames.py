"""The words a jail and its worker exchange over two pipes: lengths first, then bytes; JSON, never pickle.

Down: a setup frame once, then for each document `DOCUMENT` (length of the arguments, length of the document) and both.
Up: `ANSWER` (one letter, length of the payload) and the payload.
"""

import struct

DOCUMENT = struct.Struct(">II")
ANSWER = struct.Struct(">cI")

READY = b"R"
"""Imports are done and the limits have fallen; the payload says which isolation was achieved."""
TAKEN = b"T"
"""The document has been read from the pipe: from here on its fate is its own."""
DONE = b"D"
"""The payload is the result."""
STOPPED = b"S"
"""The payload is a reason."""
