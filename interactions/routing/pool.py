"""The agents at work and the lines they serve, as the router holds them: who is asked first is known, not searched.

Each line (queue and channel) keeps its agents in groups: formal before informal, and those of the queue itself before
those a step of relaxation adds. A group is a heap with lazy entries: whoever has taken work since is found out of date
when they come to the top, and pushed back where they belong now, or dropped if they have no room. Choosing therefore
costs the same with ten thousand agents as with ten. No database, no clock: the router and a simulation use the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush, heapreplace
from itertools import count
from typing import Any, NamedTuple

from agents.attention import Lack, Place, fits, lack, room, units_in_use
from interactions.routing.rules import Join, Rules

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
    _fits: dict[str, bool] = field(default_factory=dict)  # by channel, as far as somebody asked since the last change

    def room(self, channel: str) -> int:
        """How many more of this channel they could take now, nothing else added."""
        return room(self.places, channel)

    def fits(self, channel: str) -> bool:
        known = self._fits.get(channel)
        if known is None:
            known = self._fits[channel] = fits(self.places, channel)
        return known

    def load(self, channel: str, more: int) -> None:
        """They have so much more of this in hand, or less."""
        self.places[channel].load += more
        self.version += 1
        self._fits.clear()

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


# Key; a number, another for each, so that no two agents are ever compared; the agent, and their version.
type Entry = tuple[tuple, int, AtWork, int]
type Key = Callable[[AtWork], tuple]

_numbers = count()


class Rooms(NamedTuple):
    """Of one agent, by channel: how many more fit, and where one would fit with less in hand."""

    free: Mapping[str, int]
    short: Mapping[str, int]


NOWHERE = Rooms({}, {})


class Group:
    """Agents of a line who are asked alike, by rank and strategy; those who have room, or those who are short of it."""

    __slots__ = ("channel", "heap", "key", "rooms", "short", "total")

    def __init__(self, channel: str, key: Key, *, short: bool) -> None:
        self.channel, self.key, self.short = channel, key, short
        self.heap: list[Entry] = []
        self.rooms: dict[AtWork, int] = {}  # places free when last looked at
        self.total = 0

    def put(self, agent: AtWork, free: int) -> None:
        self.resize(agent, free)
        heappush(self.heap, self.entry(agent))
        if len(self.heap) > 4 * len(self.rooms) + 64:
            self.heap = [self.entry(agent) for agent in self.rooms]
            heapify(self.heap)

    def resize(self, agent: AtWork, free: int) -> None:
        self.total += free - self.rooms.get(agent, 0)
        self.rooms[agent] = free

    def entry(self, agent: AtWork) -> Entry:
        """Where they belong as they stand now."""
        return self.key(agent), next(_numbers), agent, agent.version

    def remove(self, agent: AtWork) -> None:
        self.total -= self.rooms.pop(agent, 0)

    def first(self) -> AtWork | None:
        """Whoever stands first once those who stood before them are put right."""
        heap, rooms = self.heap, self.rooms
        while heap:
            _key, _number, agent, version = heap[0]
            if agent not in rooms:
                heappop(heap)
            elif version == agent.version:
                return agent
            elif agent.short(self.channel) if self.short else agent.fits(self.channel):
                heapreplace(heap, self.entry(agent))
            else:
                heappop(heap)
                self.remove(agent)
        return None

    def candidates(self) -> Iterator[AtWork]:
        """Who has room now, in order. Those looked at stay in the group for whoever comes next."""
        passed: list[Entry] = []
        try:
            while agent := self.first():
                yield agent
                passed.append(heappop(self.heap))
        finally:
            for entry in passed:
                heappush(self.heap, entry)


type Lines = dict[Line, dict[GroupKey, Group]]


class Pool:
    """Everyone at work, under these rules."""

    def __init__(self, rules: Rules, agents: Iterable[AtWork] = (), last_rung: Mapping[int, int] | None = None) -> None:
        self.rules = rules
        # queue: round, agent; before anybody is put in, since it says where they stand
        self.last_rung = {queue: (0, agent) for queue, agent in (last_rung or {}).items()}
        self.agents: dict[int, AtWork] = {}
        self.lines: Lines = {}
        self.short: Lines = {}
        self.teams: dict[int, set[int]] = {}
        self.draining: dict[tuple, int] = {}  # the order of work: who gets room for it
        self._joins: dict[tuple[int, int | None], dict[int, Join]] = {}
        self._rooms: dict[int, Rooms] = {}  # agent: as their groups have it
        self._groups_of: dict[int, dict[tuple[bool, str], list[Group]]] = {}  # agent: (short or not, channel): groups
        self._touched: dict[int, bool] = {}  # agent: whether they may come up sooner than before
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
        self._rooms[agent.id], self._groups_of[agent.id] = NOWHERE, {}
        self._stand(agent, self._rooms_of(agent))

    def drop(self, agent_id: int) -> None:
        agent = self.agents.pop(agent_id, None)
        if agent is None:
            return
        self._stand(agent, NOWHERE)
        del self._rooms[agent_id], self._groups_of[agent_id]
        self._touched.pop(agent_id, None)
        if agent.team:
            self.teams[agent.team].discard(agent_id)

    def take(self, agent: AtWork, channel: str, now: datetime) -> None:
        """They have one more of this; their place in the lines is put right by `settle`, or when they come up."""
        agent.load(channel, 1)
        agent.idle_since, agent.turn = now, next(self._turns)
        self._touched.setdefault(agent.id, False)

    def give_back(self, agent_id: int, channel: str, idle_since: datetime | None = None) -> None:
        """They have one less of this; with real work done their idle time starts anew."""
        agent = self.agents[agent_id]
        agent.load(channel, -1)
        if idle_since:
            agent.idle_since = idle_since
        self._touched[agent_id] = True

    def settle(self) -> None:
        """Put everyone whose load has changed where they belong now."""
        touched, self._touched = self._touched, {}
        for pk, sooner in touched.items():
            agent = self.agents[pk]
            if sooner:
                self._stand(agent, NOWHERE)
            self._stand(agent, self._rooms_of(agent))

    def drain(self, agent: AtWork, order: tuple) -> None:
        """Give them nothing that comes after this, until they have room for it."""
        agent.drains_for = order
        self.draining[order] = agent.id
        self._stand(agent, self._rooms[agent.id]._replace(short={}))

    def end_drains(self) -> None:
        """Ask anew who has to wait for what."""
        for pk in self.draining.values():
            if pk in self.agents:
                self.agents[pk].drains_for = None
                self._touched.setdefault(pk, False)
        self.draining.clear()
        self.settle()

    # who is asked

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

    def _rooms_of(self, agent: AtWork) -> Rooms:
        """On which channels they have how much room; and on which they would have some with less in hand."""
        free = {channel: room for channel in agent.places if (room := agent.room(channel))}
        if not free or agent.drains_for is not None:
            return Rooms(free, {})
        return Rooms(free, {channel: 1 for channel in agent.places if channel not in free and agent.short(channel)})

    def _stand(self, agent: AtWork, rooms: Rooms) -> None:
        """Be in the groups of just these lines. Whose turn only comes later than before stands in their heap as they
        did, and is put right when they come up."""
        before, self._rooms[agent.id] = self._rooms[agent.id], rooms
        for short, was, now in (False, before.free, rooms.free), (True, before.short, rooms.short):
            if was != now:
                self._move(agent, was, now, short)

    def _move(self, agent: AtWork, was: Mapping[str, int], now: Mapping[str, int], short: bool) -> None:
        for channel in was.keys() | now.keys():
            if (had := was.get(channel)) == (has := now.get(channel)):
                continue
            for group in self._groups(agent, channel, short):
                if not has:
                    group.remove(agent)
                elif had:
                    group.resize(agent, has)
                else:
                    group.put(agent, has)

    def _groups(self, agent: AtWork, channel: str, short: bool) -> list[Group]:
        """Where they stand with what they do on this channel, while they have room for it or are short of it."""
        known, asked = self._groups_of[agent.id], (short, channel)
        if asked not in known:
            key = _short_key if short else self._key
            known[asked] = groups = []
            for queue, join in agent.joins.items():
                line = (self.short if short else self.lines).setdefault((queue, channel), {})
                among = GroupKey(agent.informal, join.step)
                if among not in line:
                    line[among] = Group(channel, key(queue), short=short)
                groups.append(line[among])
        return known[asked]

    def _key(self, queue: int) -> Key:
        """By rank, then preferred skills, then the queue's strategy; the same agent has another key in each queue."""

        def longest_idle(agent: AtWork) -> tuple:
            join = agent.joins[queue]
            return join.rank, -join.liked, agent.idle_since, agent.turn, agent.id

        def least_occupied(agent: AtWork) -> tuple:
            join = agent.joins[queue]
            return join.rank, -join.liked, agent.busy, agent.idle_since, agent.turn, agent.id

        def most_skilled(agent: AtWork) -> tuple:
            join = agent.joins[queue]
            return join.rank, -join.liked, -join.level, agent.idle_since, agent.turn, agent.id

        def round_robin(agent: AtWork) -> tuple:
            join = agent.joins[queue]
            round_, last = self.last_rung.get(queue, (0, 0))
            return join.rank, -join.liked, round_ + (agent.id <= last), agent.id

        keys: dict[str, Key] = {key.__name__: key for key in (least_occupied, most_skilled, round_robin)}
        return keys.get(self.rules.queues[queue].strategy, longest_idle)


def _short_key(queue: int) -> Key:
    return lambda agent: (agent.joins[queue].rank, agent.busy, agent.id)
