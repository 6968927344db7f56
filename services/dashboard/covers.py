"""What is covered on the picture of one page. Pure."""

from dataclasses import dataclass

from pydantic import JsonValue


@dataclass(frozen=True)
class Covers:
    """Boxes in PDF points (left, bottom, right, top), and texts wherever they stand."""

    boxes: tuple[tuple[float, float, float, float], ...]
    texts: tuple[str, ...]

    def as_json(self) -> dict[str, JsonValue]:
        """Give it as the sandbox takes it."""
        return {"cover": {"boxes": [list(box) for box in self.boxes], "texts": list(self.texts)}}
