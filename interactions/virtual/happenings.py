"""What comes from outside: work, agents who come and go, their answers; and who is told what comes of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

NO_TIME = timedelta(0)


class Leg(NamedTuple):
    """One agent's part of a piece of work, and how it comes into their queue."""

    queue: int
    takes: timedelta  # a place of the agent, from the answer to the end of the wrap-up
    ahead: timedelta = NO_TIME  # in line, by age: what its priority counts for
    precedence: int = 0
    anew: bool = False  # its place counts from here, not from the arrival
    after: timedelta = NO_TIME  # the leg before has ended so long ago: it was parked
    back: bool = False  # to whoever had it before, first


class Arrival(NamedTuple):
    id: int
    at: datetime
    channel: str
    legs: tuple[Leg, ...]
    patience: timedelta | None = None  # until the first answer; None: without end, or nobody waits on the line


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

    def worked(self, agent: int, since: datetime, until: datetime) -> None:
        """The agent had work in hand all this time, wrap-ups included."""
