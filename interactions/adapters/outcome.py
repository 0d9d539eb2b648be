"""How an attempt to send went, in the same three words for every channel."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Sent:
    """The server has it: the id it knows it by, and what it said against some of the recipients."""

    provider_id: str = ""
    answer: str = ""


class NotNow(Exception):
    """The server asks for a later try, or could not be reached; its own words. `until`: when, and it counts as none."""

    def __init__(self, words: str, *, until: datetime | None = None) -> None:
        super().__init__(words)
        self.until = until


class Refused(Exception):
    """The server will never take it; its own words."""
