"""What the queues ask, as the router holds it in memory: plain values, read by load.py, without database or clock."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

type Skills = Mapping[int, int]  # skill: level


class Seat(NamedTuple):
    """Somebody belongs to a queue, from this step of its relaxation on; 0: from the start."""

    queue: int
    rank: int
    step: int


class Join(NamedTuple):
    """How one agent serves one queue: from which step, and what ranks them among the others."""

    queue: int
    step: int
    rank: int
    liked: int  # preferred skills they have
    level: int  # sum of their levels in what the queue asks


@dataclass(frozen=True, slots=True)
class StepRules:
    after: timedelta | None = None
    last_held_at: datetime | None = None
    informal: bool = False
    skills: Skills = field(default_factory=dict)  # asked from here on; 0: no more
    queues: tuple[int, ...] = ()
    teams: tuple[int, ...] = ()

    def reached_by(self, now: datetime) -> datetime | None:
        """Whatever entered the queue by then has come to this step; None: nothing yet."""
        moments = [self.last_held_at, None if self.after is None else now - self.after]
        return max((moment for moment in moments if moment), default=None)


@dataclass(frozen=True)
class QueueRules:
    id: int
    strict: bool = False
    strategy: str = "longest_idle"
    answer_within: timedelta = timedelta(seconds=20)
    overflow_after: timedelta | None = None  # informal members may be rung from then on; None: not by time
    overflowed_at: datetime | None = None  # and for whatever was waiting when the line was last too long
    prefer_within: timedelta = timedelta(0)  # how long a preferred agent who is busy is waited for
    required: Skills = field(default_factory=dict)
    liked: Skills = field(default_factory=dict)
    members: Mapping[int, int] = field(default_factory=dict)  # agent: rank
    teams: Mapping[int, int] = field(default_factory=dict)  # team: rank
    steps: tuple[StepRules, ...] = ()
    rings_at: Mapping[str, int] = field(default_factory=dict)  # channel: agents at once, where more than one

    @cached_property
    def required_by_step(self) -> list[Skills]:
        """What is asked at each step, the start included: each takes over what the one before asked, and lowers."""
        asked: list[Skills] = [dict(self.required)]
        for step in self.steps:
            asked.append({**asked[-1], **{s: n for s, n in step.skills.items() if n < asked[-1].get(s, 0)}})
        return asked

    def first_step(self, levels: Skills, since: int = 0) -> int | None:
        """From which step on somebody with these levels has what is asked; None: never."""
        for step, required in enumerate(self.required_by_step[since:], since):
            if all(levels.get(skill, 0) >= level for skill, level in required.items()):
                return step
        return None

    def reached_by(self, step: int, now: datetime) -> datetime | None:
        """Whatever entered the queue by then has come to this step or beyond; None: nothing yet."""
        moments = [later.reached_by(now) for later in self.steps[step - 1 :]]
        return max((moment for moment in moments if moment), default=None)

    def reached(self, queued_at: datetime, now: datetime) -> int:
        """The last step that work has come to."""
        for number in range(len(self.steps), 0, -1):
            by = self.steps[number - 1].reached_by(now)
            if by and queued_at <= by:
                return number
        return 0

    def reached_at(self, step: int, queued_at: datetime) -> datetime | None:
        """The other way round: when work that entered the queue then comes to this step; None: not by time alone."""
        afters = [later.after for later in self.steps[step - 1 :] if later.after is not None]
        return queued_at + min(afters) if afters else None

    def informal_by(self, now: datetime) -> datetime | None:
        """Whatever entered the queue by then may ring at informal employees; None: nothing yet."""
        moments = [self.reached_by(number, now) for number, step in enumerate(self.steps, 1) if step.informal]
        if self.overflow_after is not None:
            moments.append(now - self.overflow_after)
        if self.overflowed_at is not None:
            moments.append(self.overflowed_at)
        return max((moment for moment in moments if moment), default=None)

    def informal_at(self, queued_at: datetime) -> datetime | None:
        """When work that entered the queue then may ring at informal employees; None: not by time alone."""
        moments = [self.reached_at(number, queued_at) for number, step in enumerate(self.steps, 1) if step.informal]
        if self.overflow_after is not None:
            moments.append(queued_at + self.overflow_after)
        return min((moment for moment in moments if moment), default=None)


@dataclass(frozen=True)
class Rules:
    queues: dict[int, QueueRules]
    skills: Mapping[int, Skills] = field(default_factory=dict)  # agent: what they can
    backups: Mapping[int, int] = field(default_factory=dict)  # agent: who stands in for them

    def held(self, queue: int, step: int, now: datetime) -> None:
        """A condition of this step holds: whatever waits there now has come to it, for good."""
        rules = self.queues[queue]
        steps = list(rules.steps)
        steps[step - 1] = replace(steps[step - 1], last_held_at=now)
        self.queues[queue] = replace(rules, steps=tuple(steps))

    @cached_property
    def _seats(self) -> tuple[dict[int, list[Seat]], dict[int, list[Seat]]]:
        """By agent and by team: in which queues they have a seat, also those that only a step adds."""
        agents: dict[int, list[Seat]] = defaultdict(list)
        teams: dict[int, list[Seat]] = defaultdict(list)
        for queue in self.queues.values():
            for number, source in self._sources(queue):
                for agent, rank in source.members.items():
                    agents[agent].append(Seat(queue.id, rank, number))
                for team, rank in source.teams.items():
                    teams[team].append(Seat(queue.id, rank, number))
            for number, step in enumerate(queue.steps, 1):
                for team in step.teams:
                    teams[team].append(Seat(queue.id, 1, number))
        return agents, teams

    def _sources(self, queue: QueueRules) -> Iterator[tuple[int, QueueRules]]:
        yield 0, queue
        for number, step in enumerate(queue.steps, 1):
            yield from ((number, self.queues[other]) for other in step.queues if other in self.queues)

    def seats(self, agent: int, team: int | None) -> list[Seat]:
        """Where they belong, enough skill or not."""
        of_agents, of_teams = self._seats
        return [*of_agents.get(agent, ()), *(of_teams.get(team, ()) if team else ())]

    def who_has_seats(self, queue: int) -> tuple[set[int], set[int]]:
        """The agents and the teams that belong to a queue, from its start or from a step on."""
        agents, teams = (
            {who for who, seats in of.items() if any(seat.queue == queue for seat in seats)} for of in self._seats
        )
        return agents, teams

    def joins(self, agent: int, team: int | None) -> list[Join]:
        """The queues this agent serves, each from the earliest step on."""
        levels = self.skills.get(agent, {})
        best: dict[int, tuple[int, int]] = {}
        for seat in self.seats(agent, team):
            step = self.queues[seat.queue].first_step(levels, seat.step)
            if step is not None and (step, seat.rank) < best.get(seat.queue, (99, 0)):
                best[seat.queue] = step, seat.rank
        return [self._join(queue, step, rank, levels) for queue, (step, rank) in best.items()]

    def _join(self, queue: int, step: int, rank: int, levels: Skills) -> Join:
        rules = self.queues[queue]
        liked = sum(levels.get(skill, 0) >= level for skill, level in rules.liked.items())
        level = sum(levels.get(skill, 0) for skill in {**rules.required, **rules.liked})
        return Join(queue, step, rank, liked, level)
