"""What an operator can set, in one place: environment variables named `GUBI_…`, read once when a process starts.

The local stack writes its addresses to `var/local.env`, so that every command on one machine agrees without being told;
a real environment variable always wins over that file.
"""

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

LOCAL_ENV = Path("var/local.env")
ACCESS_LOG_DAYS = 730
"""Two years: 개인정보의 안전성 확보조치 기준 제8조, for a system that handles unique identifiers."""


class SettingsMistake(ValueError):
    """Settings that cannot work together. The text is one sentence with the remedy, and holds no secret."""


class Settings(BaseSettings):
    """All settings of all services; each process uses those it needs."""

    model_config = SettingsConfigDict(env_prefix="GUBI_", env_file=LOCAL_ENV, extra="ignore", hide_input_in_errors=True)

    stack: str = Field("external", description="the stack's name, for reports: containers, jvm, embedded or external")
    kafka: str = Field("127.0.0.1:9092", description="Kafka bootstrap servers, comma-separated")
    mongo: str = Field("mongodb://127.0.0.1:27017", description="MongoDB connection string")
    mongo_driver: Literal["motor", "pymongo"] = Field("motor", description="which asyncio driver to use")
    database_prefix: str = Field("gubi", description="databases are named <prefix>_gate, <prefix>_intake, …")
    topic_prefix: str = Field("", description="put before every topic and consumer group; tests keep apart by it")
    partitions: int = Field(12, ge=1, description="partitions of each topic when it is created")
    replication: int = Field(1, ge=1, description="replicas of each topic when it is created")

    keys: Path = Field(Path("var/keys"), description="folder of the keyring and of the webhooks' secrets")
    erasure_log: Path | None = Field(
        None, description="file of the erasure log; else erasures.jsonl beside the keyring. Never on the store's disks"
    )
    return_days: int = Field(
        7, ge=0, description="days for which the certificates of a withdrawn application can be fetched back"
    )
    backup_days: int | None = Field(
        None, ge=0, description="days after which no backup of the databases is kept; nobody knows unless it is set"
    )
    key_days: int | None = Field(
        None, ge=0, description="days after which a key that wraps has been rotated and destroyed, in its backups too"
    )
    trust_roots: Path = Field(
        Path("var/keys/trust"), description="folder of PEM roots that certificates' signatures are checked by"
    )
    checkpoints: Path = Field(
        Path("var/checkpoints"), description="folder of the access log's signed checkpoints; best shipped elsewhere"
    )
    checkpoint_seconds: float = Field(60.0, gt=0, description="how often a checkpoint is signed while there is news")
    catalog: Path | None = Field(None, description="another catalogue folder than the packaged one")

    host: str = Field("127.0.0.1", description="address the HTTP doors listen on")
    intake_port: int = 8810
    dashboard_port: int = 8820
    simulator_port: int = 8830
    probe_port: int = Field(
        0,
        ge=0,
        le=65535,
        description="port for probes and metrics: /livez, /readyz, /metrics and /asyncapi; 0 for none",
    )
    public_url: str = Field(
        "http://127.0.0.1:8810", description="the intake door as wallet apps reach it; QR codes carry it"
    )
    webhook_hosts: tuple[str, ...] = Field(
        (), description="hosts a webhook may go to although their address is private; heeded in development only"
    )

    readers: int = Field(1, ge=1, description="sandboxed reader processes of one extraction service")
    selection_workers: int = Field(2, ge=1, description="processes that decide a selection run")
    max_pages: int = Field(30, ge=1, description="pages a certificate may have")
    batch: int = Field(200, ge=1, description="records a consumer takes at once")
    gather_ms: int = Field(
        250,
        ge=10,
        le=5_000,
        description="how long a consumer waits for more to take with it, milliseconds: longer costs less CPU, and time",
    )
    remedy_ko: str | None = Field(
        None, description="what a citizen who is refused can do about it, in Korean; set with GUBI_REMEDY_EN"
    )
    remedy_en: str | None = Field(None, description="the same in English")
    session_timeout_ms: int = Field(
        6_000, description="after this long without a heartbeat a consumer's partitions move"
    )
    replica: str = Field(
        "",
        description="this process's own name among all of its service, the same when it is started again, such as its "
        "pod's: killed, it then takes its place again at once. Never two at a time with one name",
    )

    sandbox: bool = Field(
        False, description="take sample certificates only, trust the sample root alone, and say so in every answer"
    )
    sign_in: Path | None = Field(
        None, description="file that says by which provider officials sign in (OpenID Connect)"
    )
    sign_in_secret: SecretStr | None = Field(
        None, description="the client's secret at that provider, unless the file names a file that holds it"
    )
    desk_url: str | None = Field(None, description="the desk as browsers reach it, such as https://desk.example.go.kr")
    development: bool = Field(False, description="allow the development sign-in, which announces itself on every page")
    access_log_days: int = Field(
        ACCESS_LOG_DAYS, ge=1, validate_default=True, description="days for which the access log is kept, at least"
    )
    stuck_minutes: int = Field(
        10, ge=1, description="minutes without news after which a submission on its way is shown as stuck"
    )
    undo_seconds: int | None = Field(None, description="undo time of decisions, instead of the programme's own")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("public_url")
    @classmethod
    def _an_origin(cls, address: str) -> str:
        if not re.fullmatch(r"https?://[^/?#\s]+/?", address):
            raise PydanticCustomError("an_origin", "an http or https address without a path")
        return address

    @field_validator("access_log_days")
    @classmethod
    def _two_years(cls, days: int, info: ValidationInfo) -> int:
        if days < ACCESS_LOG_DAYS and not info.data.get("development"):
            raise PydanticCustomError("two_years", "{least} or more outside development", {"least": ACCESS_LOG_DAYS})
        return days

    @property
    def erasures(self) -> Path:
        """Where the erasure log is."""
        return self.erasure_log or self.keys / "erasures.jsonl"
