"""How much one document may take."""

from pydantic import BaseModel, ConfigDict, Field


class Limits(BaseModel):
    """Limits of a worker process; everything is per document unless it says otherwise."""

    model_config = ConfigDict(frozen=True)

    wall_seconds: float = Field(default=20.0, gt=0)
    """From handing the document over to the answer; the parent enforces it by killing the worker's process group."""
    cpu_seconds: int = Field(default=8, ge=1)
    """Enforced by the kernel (RLIMIT_CPU), renewed for each document."""
    memory_bytes: int = Field(default=1 << 30, ge=1 << 28)
    """Address space of the whole worker (RLIMIT_AS), the interpreter and its libraries included."""
    document_bytes: int = Field(default=32 << 20, ge=1)
    """A longer document is stopped before any worker sees it."""
    output_bytes: int = Field(default=2 << 20, ge=1)
    """The longest JSON result the parent will read; parsing it is what the event loop waits for."""
    documents_per_worker: int = Field(default=1000, ge=1)
    """A worker is replaced after so many documents, so that nothing a document left behind stays for long."""
    start_seconds: float = Field(default=60.0, gt=0)
    """For a worker to import its task and report ready."""
