"""A jail for reading hostile files: spawned processes with no credentials, no network, little memory and little time.

One bad document harms only itself. What comes back is plain JSON of bounded size, to be validated as hostile input.
"""

from shared.sandbox.jail import Done, Jail, Stopped
from shared.sandbox.limits import Limits

__all__ = ["Done", "Jail", "Limits", "Stopped"]
