"""Claims: lock, look again, write. What changed since the match was read is left to whoever changed it."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from agents.attention import Place, fits, units_in_use
from agents.models import Agent
from contactcenter.prepared import Prepared, answered_first, overlapping, send
from contactcenter.sql import among, array
from interactions import broadcasts
from interactions.models.interaction import Interaction
from interactions.models.offer_rule import RINGS_FOR
from interactions.routing.match import Match

type Rows = list[tuple[Any, ...]]

FIRST, AT_ONCE = 100, 500  # matches; more are written in parts, of which the first is soon on its way
# How long a channel rings, in seconds, by its plain name as the rows have it.
RINGS = {str(channel): int(rings_for.total_seconds()) for channel, rings_for in RINGS_FOR.items()}

WAITING = """
    select id, queue_id, channel, last_seq, visitor_id is not null from interactions_interaction
    where id = any(%s::bigint[]) and state = 'queued' order by id for no key update skip locked
"""

READY: Prepared[Any] = Prepared(
    lambda now, agents: (
        Agent.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        .ready(now)
        .filter(among(agents))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
)

# The row of a place is the one that is counted, so it may be found by the statement that locks it.
PLACES = """
    with ready as materialized ({ready})
    select agent_id, channel, maximum, load, units, interrupted_by, phone_passed
    from agents_capacity c join ready on ready.pk = c.agent_id order by agent_id, channel for update of c
"""

# One statement for all that follows from the matches of a part.
RING = """
    with matched as (
        select m.interaction, m.agent, m.queue, m.seq, (%(reasons)s::text[])[m.reason] as why,
            %(now)s + coalesce(r.rings_for, m.rings_for * interval '1 second') as expires_at,
            %(now)s + r.accepts_after as accepts_at
        from unnest(%(interactions)s::bigint[], %(agents)s::bigint[], %(queues)s::bigint[], %(channels)s::text[],
            %(seqs)s::int[], %(whys)s::int[], %(rings_for)s::int[])
            as m (interaction, agent, queue, channel, seq, reason, rings_for)
        left join interactions_offerrule r on r.queue_id = m.queue and r.channel = m.channel
    ), ringing as (
        update interactions_interaction i set state = 'offered', last_seq = m.seq
        from (select interaction, max(seq) as seq from matched group by interaction) m where i.id = m.interaction
    ), recorded as (
        insert into interactions_event (interaction_id, seq, what, queue_id, agent_id, why, at)
        select interaction, seq, 'offered', queue, agent, why, %(now)s from matched
    ), loaded as (
        update agents_capacity c set load = t.load
        from unnest(%(busy)s::bigint[], %(on_channels)s::text[], %(loads)s::int[]) as t (agent, channel, load)
        where c.agent_id = t.agent and c.channel = t.channel
    ), occupied as (
        update agents_agent a set idle_since = %(now)s, units_in_use = t.units
        from unnest(%(rung)s::bigint[], %(units)s::int[]) as t (agent, units) where a.id = t.agent
    ), turned as (
        update interactions_queue q set last_rung = t.agent
        from unnest(%(turned)s::bigint[], %(last_rung)s::bigint[]) as t (queue, agent)
        where q.id = t.queue and q.strategy = 'round_robin'
    )
    insert into interactions_offer
        (interaction_id, agent_id, queue_id, state, reason, offered_at, expires_at, accepts_at)
    select interaction, agent, queue, 'pending', '', %(now)s, expires_at, accepts_at from matched
    returning id, interaction_id, agent_id, expires_at
"""


class Rung(NamedTuple):
    """An offer as it was just made: its row, without the model's cost."""

    pk: int
    interaction_id: int
    agent_id: int
    expires_at: datetime

    @property
    def interaction(self) -> Interaction:
        return Interaction.objects.get(pk=self.interaction_id)


@dataclass(slots=True)
class Held:
    """Waiting work whose row we hold."""

    queue: int
    channel: str
    last_seq: int
    on_a_page: bool  # of a visitor


def claim(matches: Iterable[Match], now: datetime) -> list[Rung]:
    """Turn matches into pending offers, within the caller's transaction; returns those that held.

    Many are claimed in parts: while the database writes one, the next is still being matched.
    """
    held, locks = Hold(now), deque[Callable[[], list[Match]]]()
    writes: list[Callable[[], list[Rung]]] = []
    with ExitStack() as stack:
        for nth, part in enumerate(parts(matches)):
            full = len(part) >= FIRST
            if nth == 0 and full:
                stack.enter_context(overlapping())
                send("set constraints all immediate")  # or the commit would wait for what can be checked meanwhile
            locks.append(held.lock(part))
            if full:
                answered_first()
            if nth:  # a part is written behind the locks of the next, so there is always something to do
                writes.append(held.write(locks.popleft()()))
        claimed = locks.popleft()() if locks else []
        if claimed or held.busy:
            writes.append(held.write(claimed, last=True))
        made = [offer for written in writes for offer in written()]
    broadcasts.rings({offer.agent_id: offer.interaction_id for offer in made}, held.visited(made))
    return made


def parts(matches: Iterable[Match]) -> Iterator[list[Match]]:
    """Twice as many each time, up to AT_ONCE."""
    rest, size = iter(matches), FIRST
    while part := list(islice(rest, size)):
        yield part
        size = min(2 * size, AT_ONCE)


class Hold:
    """What one pass holds: rows locked in the order interaction, agent, capacity, each by id, and what was found in
    them. Rows somebody else is moving are skipped, never waited for: a manual take or a transfer wins, and its commit
    wakes the router again."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.asked: set[int] = set()  # work whose row was to be locked
        self.works: dict[int, Held] = {}  # of which these were
        self.places: dict[int, dict[str, Place]] = {}  # of the agents asked for; none of who is not ready
        self.busy: set[tuple[int, str]] = set()  # agent and channel of what was claimed
        self.turned: dict[int, int] = {}  # queue: at whom it rang last

    def lock(self, matches: Sequence[Match]) -> Callable[[], list[Match]]:
        """Begin to lock what they need; the call gives those that still hold."""
        asked = {m.interaction for m in matches} - self.asked
        self.asked |= asked
        works = send(WAITING, [array(asked)])
        places: Callable[[], Rows] = list
        if agents := {m.agent for m in matches} - self.places.keys():
            self.places |= {agent: {} for agent in agents}
            ready, params = READY.written(self.now, array(agents))
            places = send(PLACES.format(ready=ready), params)
        return lambda: self._claim(matches, works(), places())

    def _claim(self, matches: Sequence[Match], works: Rows, places: Rows) -> list[Match]:
        """The room they take is taken from what the next are held against."""
        self.works |= {pk: Held(*row) for pk, *row in works}
        for agent, channel, *row in places:
            self.places[agent][channel] = Place.of(channel, *row)
        claimed = []
        for match in matches:
            work = self.works.get(match.interaction)
            if work and work.queue == match.queue and fits(self.places[match.agent], work.channel):
                self.places[match.agent][work.channel].load += 1
                claimed.append(match)
        return claimed

    def write(self, claimed: list[Match], *, last: bool = False) -> Callable[[], list[Rung]]:
        """Begin to write them, with the last also what their agents then have in hand and whose turn it was; the call
        gives the offers."""
        works = [self.works[match.interaction] for match in claimed]
        seqs = []
        for work in works:
            work.last_seq += 1
            seqs.append(work.last_seq)
        reasons = {why: number for number, why in enumerate({match.reason for match in claimed}, 1)}
        self.busy |= {(match.agent, work.channel) for match, work in zip(claimed, works, strict=True)}
        self.turned |= {match.queue: match.agent for match in claimed}
        busy, turned = (list(self.busy), self.turned) if last else ([], {})
        rung = {agent for agent, _channel in busy}
        params = {
            "now": self.now,
            "interactions": array(match.interaction for match in claimed),
            "agents": array(match.agent for match in claimed),
            "queues": array(match.queue for match in claimed),
            "channels": array(work.channel for work in works),
            "seqs": array(seqs),
            "whys": array(reasons[match.reason] for match in claimed),
            "reasons": list(reasons),
            "rings_for": array(RINGS[work.channel] for work in works),
            "busy": array(agent for agent, _channel in busy),
            "on_channels": array(channel for _agent, channel in busy),
            "loads": array(self.places[agent][channel].load for agent, channel in busy),
            "rung": array(rung),
            "units": array(units_in_use(self.places[agent]) for agent in rung),
            "turned": array(turned),
            "last_rung": array(turned.values()),
        }
        written = send(RING, params)
        return lambda: [Rung(*row) for row in written()]

    def visited(self, offers: Iterable[Rung]) -> set[int]:
        """The work among these whose customer waits on a page."""
        return {offer.interaction_id for offer in offers if self.works[offer.interaction_id].on_a_page}
