"""The agents at work and the lines they serve, as the router holds them: who is asked first is known, not searched.

Each line (queue and channel) keeps its agents in groups: formal before informal, and those of the queue itself before
those a step of relaxation adds. A group is a heap with lazy entries: whoever has taken work since is found out of date
when they come to the top, and pushed back where they belong now, or dropped if they have no room. Choosing therefore
costs the same with ten thousand agents as with ten. No database, no clock: the router and a simulation use the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any, NamedTuple

from agents.attention import Lack, Place, fits, lack, room, units_in_use
from interactions.routing.rules import Join, QueueRules, Rules

type Line = tuple[int, str]  # queue and channel: what nobody does on one channel holds up no other


class GroupKey(NamedTuple):
    """In the order they are asked: formal before informal, then the step that brought them."""

    informal: bool
    step: int


@dataclass(slots=True, eq=False)
class AtWork:
    """Somebody who may be rung: what they have in hand, and when they were last given something."""

    id: int
    informal: bool
    team: int | None
    idle_since: datetime
    places: dict[str, Place]
    turn: int = 0  # later among those idle since the same moment
    drains_for: Any = None  # the order of work they get room for; nothing that comes later is given to them meanwhile
    version: int = 0
    joins: Mapping[int, Join] = field(default_factory=dict)  # by queue

    def room(self, channel: str) -> int:
        """How many more of this channel they could take now, nothing else added."""
        return room(self.places, channel)

    def fits(self, channel: str) -> bool:
        return fits(self.places, channel)

    def short(self, channel: str) -> bool:
        """They could take this if they had less of other work."""
        return lack(self.places, channel) is Lack.ATTENTION

    def keeps_room_from(self, order: tuple) -> bool:
        """What comes here in the order of work would take room that is kept for something before it."""
        return self.drains_for is not None and order > self.drains_for

    def stands_like(self, other: "AtWork") -> bool:
        """Nothing that the database says of them differs."""
        mine = (self.places, self.idle_since, self.informal, self.team)
        return mine == (other.places, other.idle_since, other.informal, other.team)

    @property
    def busy(self) -> int:
        """Units of their attention in use."""
        return units_in_use(self.places)


class Entry(NamedTuple):
    key: tuple
    number: int  # another for each, so that no two agents are ever compared
    agent: AtWork
    version: int


_numbers = count()


class Group:
    """Agents of a line who are asked alike, by rank and strategy."""

    __slots__ = ("heap", "rooms", "total")

    def __init__(self) -> None:
        self.heap: list[Entry] = []
        self.rooms: dict[int, int] = {}  # agent: places free when last looked at
        self.total = 0

    def put(self, key: tuple, agent: AtWork, free: int) -> None:
        self.remove(agent.id)
        self.rooms[agent.id] = free
        self.total += free
        self.push(key, agent)
        if len(self.heap) > 4 * len(self.rooms) + 64:
            self.heap = [e for e in self.heap if e.version == e.agent.version and e.agent.id in self.rooms]
            heapify(self.heap)

    def push(self, key: tuple, agent: AtWork) -> None:
        heappush(self.heap, Entry(key, next(_numbers), agent, agent.version))

    def remove(self, agent: int) -> None:
        self.total -= self.rooms.pop(agent, 0)


class Pool:
    """Everyone at work, under these rules."""

    def __init__(self, rules: Rules, agents: Iterable[AtWork] = (), last_rung: Mapping[int, int] | None = None) -> None:
        self.rules = rules
        # queue: round, agent; before anybody is put in, since it says where they stand
        self.last_rung = {queue: (0, agent) for queue, agent in (last_rung or {}).items()}
        self.agents: dict[int, AtWork] = {}
        self.lines: dict[Line, dict[GroupKey, Group]] = {}
        self.short: dict[Line, dict[GroupKey, Group]] = {}
        self.teams: dict[int, set[int]] = {}
        self.draining: dict[tuple, int] = {}  # the order of work: who gets room for it
        self._joins: dict[tuple[int, int | None], dict[int, Join]] = {}
        self._groups_of: dict[int, list[Group]] = {}
        self._touched: dict[int, AtWork] = {}
        self._turns = count(1)
        for agent in agents:
            self.put(agent)

    # who is there

    def put(self, agent: AtWork) -> None:
        """They are at work from now on, as given here; whatever was known of them before is forgotten."""
        self.drop(agent.id)
        self.agents[agent.id] = agent
        who = (agent.id, agent.team)
        if who not in self._joins:
            self._joins[who] = {join.queue: join for join in self.rules.joins(*who)}
        agent.joins = self._joins[who]
        if agent.team:
            self.teams.setdefault(agent.team, set()).add(agent.id)
        self._enrol(agent)

    def drop(self, agent_id: int) -> None:
        agent = self.agents.pop(agent_id, None)
        if agent is None:
            return
        self._leave_groups(agent)
        self._touched.pop(agent_id, None)
        if agent.team:
            self.teams[agent.team].discard(agent_id)

    def take(self, agent: AtWork, channel: str, now: datetime) -> None:
        """They have one more of this; their place in the lines is put right by `settle`, or when they come up."""
        agent.places[channel].load += 1
        agent.idle_since, agent.turn = now, next(self._turns)
        agent.version += 1
        self._touched[agent.id] = agent

    def give_back(self, agent_id: int, channel: str, idle_since: datetime | None = None) -> None:
        """They have one less of this; with real work done their idle time starts anew."""
        agent = self.agents[agent_id]
        agent.places[channel].load -= 1
        if idle_since:
            agent.idle_since = idle_since
        self._touched[agent_id] = agent

    def settle(self) -> None:
        """Put everyone whose load has changed where they belong now."""
        touched, self._touched = self._touched, {}
        for agent in touched.values():
            self._leave_groups(agent)
            self._enrol(agent)

    def drain(self, agent: AtWork, order: tuple) -> None:
        """Give them nothing that comes after this, until they have room for it."""
        agent.drains_for = order
        self.draining[order] = agent.id

    def end_drains(self) -> None:
        """Ask anew who has to wait for what."""
        for agent in self.draining.values():
            if agent in self.agents:
                self.agents[agent].drains_for = None
        self.draining.clear()

    # who is asked

    def candidates(self, line: Line, group: GroupKey, *, short: bool = False) -> Iterator[AtWork]:
        """Who of the group has room now, in order. Those looked at stay in the group for whoever comes next."""
        found = (self.short if short else self.lines).get(line, {}).get(group)
        if found is None:
            return
        queue, channel = line
        seen: list[Entry] = []
        try:
            while found.heap:
                entry = heappop(found.heap)
                agent = entry.agent
                if self.agents.get(agent.id) is not agent or agent.id not in found.rooms:
                    continue
                if not (agent.short(channel) if short else agent.fits(channel)):
                    found.remove(agent.id)
                    continue
                if entry.version != agent.version:
                    found.push(self._short_key(queue, agent) if short else self._key(queue, agent), agent)
                    continue
                seen.append(entry)
                yield agent
        finally:
            for entry in seen:
                heappush(found.heap, entry)

    def groups(self, line: Line, *, short: bool = False) -> list[GroupKey]:
        return sorted((self.short if short else self.lines).get(line, ()))

    def with_room(self, line: Line) -> dict[GroupKey, int]:
        """Per group of the line, how much it could take; what the line is worth reading for."""
        return {key: group.total for key, group in self.lines.get(line, {}).items() if group.total}

    def lines_of(self, agents: Iterable[int]) -> set[Line]:
        """What these agents could be rung for."""
        there = [self.agents[agent] for agent in agents if agent in self.agents]
        return {(queue, channel) for agent in there for queue in agent.joins for channel in agent.places}

    def nobody_before(self, step: int, queue: int) -> bool:
        """No agent who could take the queue's work without this step is at work, free or busy."""
        joins = (agent.joins.get(queue) for agent in self.agents.values() if not agent.informal)
        return not any(join and join.step < step for join in joins)

    def rung(self, queue: int, agent: int) -> None:
        """Remember whose turn it was."""
        round_, last = self.last_rung.get(queue, (0, 0))
        self.last_rung[queue] = (round_ + (agent <= last), agent)

    # inside

    def _enrol(self, agent: AtWork) -> None:
        agent.version += 1
        groups = self._groups_of[agent.id] = []
        open_to = {channel: free for channel in agent.places if (free := agent.room(channel))}
        lacking = [channel for channel in agent.places if open_to and channel not in open_to and agent.short(channel)]
        for queue, join in agent.joins.items():
            key, group = self._key(queue, agent), GroupKey(agent.informal, join.step)
            for channel, free in open_to.items():
                groups.append(self._group(self.lines, (queue, channel), group))
                groups[-1].put(key, agent, free)
            for channel in lacking:
                groups.append(self._group(self.short, (queue, channel), group))
                groups[-1].put(self._short_key(queue, agent), agent, 1)

    @staticmethod
    def _group(lines: dict[Line, dict[GroupKey, Group]], line: Line, key: GroupKey) -> Group:
        return lines.setdefault(line, {}).setdefault(key, Group())

    def _leave_groups(self, agent: AtWork) -> None:
        for group in self._groups_of.pop(agent.id, ()):
            group.remove(agent.id)

    @staticmethod
    def _short_key(queue: int, agent: AtWork) -> tuple:
        return agent.joins[queue].rank, agent.busy, agent.id

    def _key(self, queue: int, agent: AtWork) -> tuple:
        """By rank, then preferred skills, then the queue's strategy; the same agent has another key in each queue."""
        join = agent.joins[queue]
        return (join.rank, -join.liked, *self._turn_of(self.rules.queues[queue], agent, join), agent.turn, agent.id)

    def _turn_of(self, rules: QueueRules, agent: AtWork, join: Join) -> tuple:
        match rules.strategy:
            case "least_occupied":
                return agent.busy, agent.idle_since
            case "most_skilled":
                return -join.level, agent.idle_since
            case "round_robin":
                round_, last = self.last_rung.get(rules.id, (0, 0))
                return round_ + (agent.id <= last), agent.id
            case _:
                return (agent.idle_since,)
