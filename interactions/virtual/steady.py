"""One queue served by equal agents, with the same traffic for ever: what queueing theory has formulas for.

Calls come at random (Poisson), handling times and patience are exponential: without patience the model of Erlang C
(M/M/n), with it that of Erlang A (M/M/n+M). The run begins with an empty line and everybody free, and counts nothing
until the centre has forgotten that; whoever came while it counted is followed to their answer or to when they left,
and others keep coming behind them meanwhile.
"""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agents.attention import Place
from agents.channels import Channel
from interactions.reports.service_level import QueueDay
from interactions.routing.pool import AtWork
from interactions.routing.rules import QueueRules, Rules
from interactions.virtual.clock import VirtualTime
from interactions.virtual.draws import exponential
from interactions.virtual.happenings import NO_TIME, Answer, Arrival, Leg

START = datetime(2026, 1, 5, tzinfo=UTC)
QUEUE = 1
FORGOTTEN_AFTER = 10  # relaxation times: what the empty start still does by then is a factor of e^-10
LONGEST_WARM_UP = timedelta(hours=100)
TELL_EVERY = 10_000  # arrivals


@dataclass(frozen=True)
class Traffic:
    arrivals_per_hour: float
    aht: float  # seconds
    agents: int
    target: float  # seconds
    patience: float | None  # mean, in seconds; None: everybody waits for ever
    hours: float
    answer_after: float = 0  # seconds that each offer rings

    @property
    def load(self) -> float:
        """How many agents the work that comes in keeps busy (Erlang)."""
        return self.arrivals_per_hour / 3600 * (self.aht + self.answer_after)

    @property
    def stable(self) -> bool:
        """The line does not grow for ever."""
        return self.patience is not None or self.load < self.agents

    @property
    def warm_up(self) -> timedelta:
        """Until the empty start is forgotten.

        M/M/n does so at the rate (√(nμ) - √λ)² (its spectral gap; van Doorn 1985); a line that people give up, at
        least as fast as the slower of answering and giving up.
        """
        come, served = self.arrivals_per_hour / 3600, self.agents / (self.aht + self.answer_after)
        rate = (math.sqrt(served) - math.sqrt(come)) ** 2 if come < served else 0.0
        if self.patience is not None:
            rate = max(rate, 1 / max(self.patience, self.aht))
        return min(LONGEST_WARM_UP, timedelta(seconds=FORGOTTEN_AFTER / rate)) if rate else NO_TIME


class Tally:
    """What came of those who came within [since, until), by the formulas of reports/service_level.py."""

    def __init__(self, traffic: Traffic) -> None:
        self.since = START + traffic.warm_up
        self.until = self.since + timedelta(hours=traffic.hours)
        self.target = timedelta(seconds=traffic.target)
        self.at_work = timedelta(hours=traffic.hours) * traffic.agents
        self.came = self.taken = self.taken_in_time = self.left = self.left_late = 0
        self.waited = self.handled = self.busy = NO_TIME

    def arrived(self, arrival: Arrival) -> None:
        self.came += self.counts(arrival)

    def answered(self, arrival: Arrival, now: datetime) -> None:
        if self.counts(arrival):
            wait = now - arrival.at
            self.taken += 1
            self.taken_in_time += wait <= self.target
            self.waited += wait
            self.handled += arrival.legs[0].takes

    def abandoned(self, arrival: Arrival, now: datetime) -> None:
        if self.counts(arrival):
            self.left += 1
            self.left_late += now - arrival.at > self.target

    def diverted(self, arrival: Arrival, now: datetime) -> None:
        """Nobody is: the line may be as long as it gets."""

    def worked(self, agent: int, since: datetime, until: datetime) -> None:
        within = min(until, self.until) - max(since, self.since)
        if within > NO_TIME:
            self.busy += within

    def counts(self, arrival: Arrival) -> bool:
        return self.since <= arrival.at < self.until

    @property
    def undecided(self) -> int:
        return self.came - self.taken - self.left

    def figures(self) -> dict[str, float | None]:
        """Rates 0-1, times in seconds; None where nobody was there to count."""
        day = QueueDay(self.came, self.taken, self.taken_in_time, self.left, self.left_late, self.waited)
        asa = day.speed_of_answer
        return {
            "offered": self.came,
            "answered": self.taken,
            "abandoned": self.left,
            "service_level": day.service_level,
            "asa_s": None if asa is None else asa.total_seconds(),
            "abandon_rate": self.left / self.came if self.came else None,
            "occupancy": self.busy / self.at_work,
            "aht_s": self.handled.total_seconds() / self.taken if self.taken else None,
        }


def simulate(
    traffic: Traffic, seed: int, tell: Callable[[float], None] = lambda share: None
) -> dict[str, float | None]:
    """Run it; `tell` hears now and then how much of it is done, 0-1."""
    tally, dice = Tally(traffic), random.Random(seed)
    everybody = range(1, traffic.agents + 1)
    rules = Rules({QUEUE: QueueRules(QUEUE, members=dict.fromkeys(everybody, 1))})
    agents = [AtWork(agent, False, None, START, {Channel.VOICE: Place(1, 0, 1)}) for agent in everybody]
    answer = Answer(timedelta(seconds=traffic.answer_after))
    centre = VirtualTime(rules, agents, tally, answering=lambda arrival, leg, agent: answer)
    centre.run(_arrivals(traffic, tally, dice, tell))
    return tally.figures()


def _arrivals(traffic: Traffic, tally: Tally, dice: random.Random, tell: Callable[[float], None]) -> Iterator[Arrival]:
    """Until nobody is left who counts."""
    seconds = (tally.until - START).total_seconds()
    about = math.ceil(traffic.arrivals_per_hour / 3600 * seconds)
    gaps = exponential(3600 / traffic.arrivals_per_hour, dice, about=about)
    takes = exponential(traffic.aht, dice, about=about)
    patience = None if traffic.patience is None else exponential(traffic.patience, dice, about=about)
    at, number = START, 0
    while at < tally.until or tally.undecided:
        at += next(gaps)
        number += 1
        leg = Leg(QUEUE, next(takes))
        arrival = Arrival(number, at, Channel.VOICE, (leg,), next(patience) if patience else None)
        tally.arrived(arrival)
        if number % TELL_EVERY == 0:
            tell(min(1.0, (at - START).total_seconds() / seconds))
        yield arrival
