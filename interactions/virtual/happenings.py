"""What comes from outside: work, agents who come and go, their answers; and who is told what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

NO_TIME = timedelta(0)


class Leg(NamedTuple):
    """One agent's part of a piece of work, and how it comes into their queue."""

    queue: int
    takes: timedelta  # a place of the agent, from the answer to the end of the wrap-up
    priority: int = 0  # beside the queue's own
    after: timedelta = NO_TIME  # the leg before: it was parked so long
    back: bool = False  # to whoever had it before, first


class Arrival(NamedTuple):
    id: int
    at: datetime
    channel: str
    legs: tuple[Leg, ...]
    patience: timedelta | None = None  # until the first answer; None: without end
    live: bool = True  # no: a message was left, nobody waits on the line


@dataclass(frozen=True)
class Manner:
    """How a queue goes about its work, beside what the matcher asks of it."""

    priority: int = 0
    point_counts: timedelta = timedelta(minutes=1)
    transfer_place: str = "arrival"
    excluded_for: timedelta = timedelta(seconds=60)
    longest_line: int | None = None
    longest_wait: timedelta | None = None
    overflow_action: str = "message"
    overflow_to: int | None = None
    when_nobody: tuple[int, ...] = ()  # steps that come at once when nobody is there for those before


class Shift(NamedTuple):
    """Somebody comes, or goes: what they have in hand they finish."""

    at: datetime
    agent: int
    there: bool


class Answer(NamedTuple):
    """What an agent makes of an offer, and after how long."""

    after: timedelta = NO_TIME
    accepts: bool = True


type Answering = Callable[[Arrival, Leg, int], Answer]  # of this work, rung for this leg, by this agent


def at_once(arrival: Arrival, leg: Leg, agent: int) -> Answer:
    return Answer()


class Ledger(Protocol):
    """Who is told what happens."""

    def answered(self, arrival: Arrival, now: datetime) -> None:
        """By an agent, for the first time."""

    def abandoned(self, arrival: Arrival, now: datetime) -> None:
        """The customer left before an answer."""

    def diverted(self, arrival: Arrival, now: datetime) -> None:
        """The queue would not let them wait: they left a message, or a number."""

    def worked(self, agent: int, since: datetime, until: datetime) -> None:
        """The agent had work in hand all this time, wrap-ups included."""
