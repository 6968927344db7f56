"""An official at the desk."""

from dataclasses import dataclass

from shared.gate import Official


@dataclass(frozen=True)
class Person:
    """An official, as they signed in."""

    id: str
    name: str
    office: str
    address: str = ""
    """The network address they act from (접속지), for the access log."""

    @property
    def official(self) -> Official:
        """As the gate knows them."""
        return Official(self.id, self.office, self.address)
