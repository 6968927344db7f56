"""Erasures, remembered outside MongoDB: `ErasureLog` is the file, `Erasures` what services do with it."""

from shared.erasures.applying import Erasures
from shared.erasures.log import Ending, Erasure, ErasureLog, ErasureLogError, Head

__all__ = ["Ending", "Erasure", "ErasureLog", "ErasureLogError", "Erasures", "Head"]
