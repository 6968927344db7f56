"""What a person is told of a known failure, whoever raised it: one sentence. What is not known here is a bug."""

import errno
from collections.abc import Callable

from aiokafka.errors import KafkaError
from pydantic import ValidationError
from pydantic_settings import SettingsError
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError

from deploy.gubi.kafka_remedies import told_of_kind
from deploy.gubi.remedies import STORE_AWAY, STORE_REFUSES, told_of_code
from deploy.gubi.told import Told
from deploy.trouble import Trouble
from shared.catalog import CatalogError
from shared.errors import GubiError
from shared.settings import Settings, SettingsMistake

_MUST_BE = {"int_parsing": "a whole number", "bool_parsing": "true or false"}
_REFUSALS = (13, 18)
"""Unauthorized and AuthenticationFailed, as MongoDB numbers them."""
_NOT_OURS = "let whoever runs this read and write there, or name another place"
_OF_FILES = {
    errno.EACCES: _NOT_OURS,
    errno.EPERM: _NOT_OURS,
    errno.EROFS: _NOT_OURS,
    errno.ENOTDIR: "name a folder that is one",
    errno.ENOSPC: "make room on its disk, then do it again",
}
_SAMPLES = ("typst", "koreanize_matplotlib", "reportlab", "fpdf")


def sentence_of(error: BaseException, who: str = "Gubi") -> str | None:
    """Return the sentence for an error that `who` met; None when it is not a known one. It repeats no value."""
    for kind, told in _TOLD:
        if isinstance(error, kind):
            return told(error, who)
    return None


def told_of(error: GubiError, who: str) -> Told:
    """Give what is wrong by an error's code, and what to do about it."""
    settings = Settings()
    return told_of_code(error.code).filled(
        who=who,
        keys=settings.keys,
        log=settings.erasures,
        checkpoints=settings.checkpoints,
        trust_roots=settings.trust_roots,
    )


def _of_kafka(error: KafkaError, who: str) -> str:
    return told_of_kind(type(error)).filled(who=who).sentence


def _of_the_store(error: PyMongoError, who: str) -> str:
    if isinstance(error, ConnectionFailure):
        return STORE_AWAY.filled(who=who).sentence
    if isinstance(error, OperationFailure) and error.code in _REFUSALS:
        return STORE_REFUSES.filled(who=who).sentence
    return f"{who} could not use MongoDB ({type(error).__name__}); check GUBI_MONGO."


def _of_a_setting(error: ValidationError, _who: str) -> str | None:
    if error.title != Settings.__name__:
        return None
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    name = str(first["loc"][0])
    must_be = _MUST_BE.get(first["type"]) or first["msg"].removeprefix("Input should be ").partition(",")[0]
    meaning = Settings.model_fields[name].description
    return f"GUBI_{name.upper()} is not {must_be}{f' ({meaning})' if meaning else ''}."


def _of_a_list(error: SettingsError, _who: str) -> str:
    names = [f"GUBI_{name.upper()}" for name in Settings.model_fields if f'"{name}"' in str(error)]
    return f'{" ".join(names) or "A setting"} is not a JSON list, such as ["127.0.0.1"].'


def _of_a_package(error: ModuleNotFoundError, _who: str) -> str | None:
    if error.name not in _SAMPLES:
        return None
    return f"{error.name}, which sample certificates are made with, is not installed: pip install 'gubi[samples]'."


def _of_a_file(error: OSError, _who: str) -> str | None:
    todo = _OF_FILES.get(error.errno or 0)
    if todo is None or error.filename is None:
        return None
    return Told(f"{error.filename} cannot be used ({error.strerror})", todo).sentence


_TOLD: tuple[tuple[type[BaseException], Callable[..., str | None]], ...] = (
    (Trouble, lambda error, _who: str(error.sentence)),
    (GubiError, lambda error, who: told_of(error, who).sentence),
    (KafkaError, _of_kafka),
    (PyMongoError, _of_the_store),
    (ValidationError, _of_a_setting),
    (SettingsError, _of_a_list),
    (SettingsMistake, lambda error, _who: str(error)),
    (CatalogError, lambda error, _who: f"The catalogue cannot be taken: {error}"),
    (ModuleNotFoundError, _of_a_package),
    (OSError, _of_a_file),
)
