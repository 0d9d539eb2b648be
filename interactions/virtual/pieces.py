"""A piece of work between its arrival and its end, and its place in line."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from interactions.routing.match import Waiting
from interactions.routing.pool import AtWork
from interactions.virtual.happenings import Arrival, Leg, Manner

HANDED_ON_FOR = timedelta(seconds=60)  # not back to who has just handed it on; first to who had it before it was parked
FIRST_IN_LINE = timedelta(days=1)


@dataclass(slots=True, eq=False)
class Piece:
    arrival: Arrival
    live: bool  # somebody waits on the line
    nth: int = -1  # leg
    queue: int = 0
    row: Waiting | None = None  # as the line shows it, until somebody takes it
    in_line: bool = False
    rings: list["Ring"] = field(default_factory=list)
    excluded: dict[int, datetime] = field(default_factory=dict)  # agent: until when
    been: set[int] = field(default_factory=set)  # queues it has overflowed from
    agent: AtWork | None = None  # who has it, or had it last
    over: bool = False  # for the customer's patience: answered, gone, or no longer on the line

    @property
    def leg(self) -> Leg:
        return self.arrival.legs[self.nth]

    def next_leg(self) -> None:
        self.nth += 1
        self.queue, self.been = self.leg.queue, set()

    def enter(self, strict: bool, manner: Manner, now: datetime) -> Waiting:
        """Into the line of its queue, where models/journey.py would place it."""
        leg, arrival = self.leg, self.arrival
        place_from = arrival.at
        if self.agent and not leg.back and manner.transfer_place != "arrival":
            place_from = now - FIRST_IN_LINE if manner.transfer_place == "first" else now
        priority = manner.priority + leg.priority
        preferred = self.agent.id if self.agent and leg.back else None
        self.row = Waiting(
            arrival.id,
            self.queue,
            arrival.channel,
            now,
            place_from if strict else place_from - priority * manner.point_counts,
            priority if strict else 0,
            preferred,
            preferred_until=now + HANDED_ON_FOR if preferred else None,
            excluded=self.excluded.copy(),
        )
        return self.row

    def exclude(self, agent: int, until: datetime) -> None:
        self.excluded[agent] = until
        self._note_excluded()

    def readmit(self, now: datetime) -> None:
        """Whoever has been excluded for long enough."""
        self.excluded = {agent: until for agent, until in self.excluded.items() if until > now}
        self._note_excluded()

    def _note_excluded(self) -> None:
        if self.row:
            self.row = self.row._replace(excluded=self.excluded.copy())


@dataclass(slots=True, eq=False)
class Ring:
    """An offer."""

    piece: Piece
    agent: AtWork
    accepts: bool = True
    over: bool = False
