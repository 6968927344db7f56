"""Loaded by the process that those of a run are copied from, and by nothing else: it waits with all they need.

No collection of garbage goes over what it holds, there or in its copies: touching that would copy every page of it.
"""

import gc
from multiprocessing import spawn

from services.eligibility.selection import work

__all__ = ["work"]

# Else each copy would first run the file of the program that asked for it, which takes longer than anything it is for
# (Python before 3.12.8 and 3.13.1 does so even where "__main__" is preloaded: gh-126631). Nothing here needs it.
spawn._fixup_main_from_path = lambda _: None  # type: ignore[attr-defined]

gc.disable()
gc.collect()
gc.freeze()
