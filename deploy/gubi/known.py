"""What a person is told of a known failure, whoever raised it: one sentence. What is not known here is a bug."""

from collections.abc import Callable

from aiokafka.errors import KafkaError
from pydantic import ValidationError
from pydantic_settings import SettingsError
from pymongo.errors import PyMongoError

from deploy.trouble import Trouble
from shared.catalog import CatalogError
from shared.errors import GubiError
from shared.settings import Settings, SettingsMistake

_MUST_BE = {"int_parsing": "a whole number", "bool_parsing": "true or false"}
_FILES = {
    "keyring": "keyring.json",
    "signing": "signing.json",
    "signing_keys": "signing-keys.json",
    "webhooks": "webhooks.json",
    "webhook_keys": "webhook-keys.json",
    "audit_key": "audit.key",
    "sandbox": "trust/sample-root.pem",
}
_SAMPLES = ("typst", "koreanize_matplotlib", "reportlab", "fpdf")


def sentence_of(error: BaseException, who: str = "Gubi") -> str | None:
    """Return the sentence for an error that `who` met; None when it is not a known one. It repeats no value."""
    for kind, told in _TOLD:
        if isinstance(error, kind):
            return told(error, who)
    return None


_OF_THE_LOG = {
    "erasure_log:not_applied": "The store was restored from a backup and still holds what was destroyed since: "
    "run 'gubi reapply-erasures', then start {who} again.",
    "erasure_log:another": "The store knows of erasures that the log at {log} does not hold: put this "
    "installation's own log there, or set GUBI_ERASURE_LOG to where it is.",
    "erasure_log:damaged": "The erasure log at {log} was changed or damaged: put a whole copy of it there.",
    "erasure_log:restoring": "A restore was begun and is not over, so the store may be half of what it was: run "
    "'gubi restore store' again, then start {who}.",
    "erasure_log:not_written": "{who} could not write the erasure log at {log}; set GUBI_ERASURE_LOG to a file that "
    "can be written, and that is kept.",
}


def _of_gubi(error: GubiError, who: str) -> str:
    if error.code in _OF_THE_LOG:
        return _OF_THE_LOG[error.code].format(who=who, log=Settings().erasures)
    about = error.code.partition(":")[0]
    if about == "broker":
        return _away("Kafka", who)
    if about == "store":
        return _away("MongoDB", who)
    if about == "topics":
        return f"Kafka refused to make the topics ({error.code}); see GUBI_REPLICATION and GUBI_PARTITIONS."
    if about == "probe_port":
        return (
            f"{who} cannot answer probes where it should; set GUBI_PROBE_PORT to a port that is free, or to 0 for none."
        )
    if about in _FILES:
        return f"{who} found no usable {_FILES[about]} in {Settings().keys}; run 'gubi prepare'."
    return f"{who} could not go on: {error.code}."


def _away(what: str, who: str) -> str:
    setting = {"Kafka": "GUBI_KAFKA", "MongoDB": "GUBI_MONGO"}[what]
    return f"{who} could not reach {what}; run 'gubi stack up', or set {setting} to one that runs."


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


_TOLD: tuple[tuple[type[BaseException], Callable[..., str | None]], ...] = (
    (Trouble, lambda error, _who: str(error.sentence)),
    (GubiError, _of_gubi),
    (KafkaError, lambda _error, who: _away("Kafka", who)),
    (PyMongoError, lambda error, who: f"{who} could not use MongoDB ({type(error).__name__}); check GUBI_MONGO."),
    (ValidationError, _of_a_setting),
    (SettingsError, _of_a_list),
    (SettingsMistake, lambda error, _who: str(error)),
    (CatalogError, lambda error, _who: f"The catalogue cannot be taken: {error}"),
    (ModuleNotFoundError, _of_a_package),
)
