"""What agents have in hand: several pieces of work at once, and those that something else interrupts."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from interactions.routing.pool import AtWork
from interactions.virtual.happenings import NO_TIME, Arrival, Ledger


@dataclass(slots=True, eq=False)
class Doing:
    """Done at `until`; None: something else interrupts it, and so much is left."""

    arrival: Arrival
    agent: AtWork
    until: datetime | None
    left: timedelta = NO_TIME

    @property
    def interrupted_by(self) -> set[str]:
        return set(self.agent.places[self.arrival.channel].interrupted_by)


class Hands:
    def __init__(self, ledger: Ledger, due: Callable[[datetime, Doing], None]) -> None:
        """`due` is told when something will be done, unless it is interrupted before."""
        self.ledger = ledger
        self.due = due
        self.doing: dict[int, list[Doing]] = defaultdict(list)
        self.busy_since: dict[int, datetime] = {}

    def begin(self, arrival: Arrival, agent: AtWork, takes: timedelta, now: datetime) -> Doing:
        """On top of whatever else it may interrupt, which will take so much longer."""
        in_hand = self.doing[agent.id]
        if not in_hand:
            self.busy_since[agent.id] = now
        for other in in_hand:
            if other.until and arrival.channel in other.interrupted_by:
                other.left, other.until = other.until - now, None
        doing = Doing(arrival, agent, now + takes)
        in_hand.append(doing)
        self.due(now + takes, doing)
        return doing

    def end(self, doing: Doing, now: datetime) -> bool:
        """It is done, and what it interrupted goes on; False: not yet, something interrupted it meanwhile."""
        if doing.until != now:
            return False
        agent, in_hand = doing.agent.id, self.doing[doing.agent.id]
        in_hand.remove(doing)
        if not in_hand:
            self.ledger.worked(agent, self.busy_since.pop(agent), now)
        channels = {other.arrival.channel for other in in_hand}
        for other in in_hand:
            if other.until is None and channels.isdisjoint(other.interrupted_by):
                other.until = now + other.left
                self.due(other.until, other)
        return True
