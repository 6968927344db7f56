"""Erasures, remembered outside MongoDB: `ErasureLog` is the file, `Erasures` what services do with it."""

from shared.erasures.applying import Erasures
from shared.erasures.endings import Ended, Ending, ending_of
from shared.erasures.log import Erasure, ErasureLog, ErasureLogError, Head

__all__ = ["Ended", "Ending", "Erasure", "ErasureLog", "ErasureLogError", "Erasures", "Head", "ending_of"]
