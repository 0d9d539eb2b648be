"""The heads of the lines: bounded reads, a pass costs what the free capacity costs, not the backlog."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from interactions.routing.match import Free, Waiting

# One index probe per queue tells whether anything waits there at all. Asking for the first of
# the line keeps it a probe: for an `exists` the planner may read all that waits, as it thinks best.
WAITING_QUEUES = """
    select q.id, q.overflow_after from interactions_queue q cross join lateral (
        select 1 from interactions_interaction where queue_id = q.id and state = 'queued'
        order by channel, precedence desc, place_at, id limit 1
    ) waiting
"""

COLUMNS = "id, queue_id, channel, precedence, place_at, queued_at, preferred_agent_id, preferred_until"

# At most k rows per queue and channel, straight from the partial index of the waiting line; for informal employees
# only what has waited long enough, looking past no more than a thousand that have not (a transfer keeps its place).
HEADS = f"""
    select h.* from (
        select unnest(%s::bigint[]) as queue, unnest(%s::text[]) as channel, unnest(%s::int[]) as k,
               unnest(%s::timestamptz[]) as queued_until
    ) q
    cross join lateral (
        select * from (
            select {COLUMNS} from interactions_interaction
            where state = 'queued' and queue_id = q.queue and channel = q.channel
            order by precedence desc, place_at, id
            limit 1000
        ) line
        where q.queued_until is null or queued_at <= q.queued_until
        order by precedence desc, place_at, id
        limit q.k
    ) h
"""

HELD = f"""
    select {COLUMNS} from interactions_interaction
    where state = 'queued' and preferred_until > %s order by preferred_until limit 1000
"""

# The limit keeps this a look at each excluded row, where the planner might read all that waits instead.
EXCLUDED_PER_LINE = """
    select i.queue_id, i.channel, count(*)
    from interactions_exclusion e cross join lateral (
        select queue_id, channel from interactions_interaction where id = e.interaction_id and state = 'queued' limit 1
    ) i
    where e.until > %s group by i.queue_id, i.channel
"""

EXCLUSIONS = """
    select interaction_id, agent_id from interactions_exclusion where interaction_id = any(%s) and until > %s
"""

type Line = tuple[int, str]  # queue and channel: what nobody does on one channel holds up no other


def waiting_queues() -> dict[int, Any]:
    """Queues with waiting work, each with its time to overflow (a timedelta, None: never)."""
    return dict(_rows(WAITING_QUEUES))


def heads(queues: dict[int, Any], free: dict[int, Free], now: datetime) -> list[Waiting]:
    """As much of each line as the free room could take.

    Work that is excluded for somebody, or preferred for an agent who may not serve the queue, may have to be passed
    over: that many more rows are read, so that such work never hides what stands behind it.
    """
    rows = {row[0]: row for row in _rows(HELD, now)}
    passed_over: Counter[Line] = Counter((queue, channel) for _id, queue, channel, *_rest in rows.values())
    for queue, channel, count in _rows(EXCLUDED_PER_LINE, now):
        passed_over[queue, channel] += count
    formal, informal = _room(free.values())
    wanted: list[tuple[int, str, int, datetime | None]] = []
    for line in formal.keys() | informal.keys():
        queue, channel = line
        k = formal[line] + passed_over[line]
        if formal[line]:
            wanted.append((queue, channel, k, None))
        if informal[line] and queues[queue] is not None:
            wanted.append((queue, channel, k + informal[line], now - queues[queue]))
    if wanted:
        rows |= {row[0]: row for row in _rows(HEADS, *(list(column) for column in zip(*wanted, strict=True)))}
    if not rows:
        return []
    excluded: dict[int, set[int]] = defaultdict(set)
    for interaction, agent in _rows(EXCLUSIONS, list(rows), now):
        excluded[interaction].add(agent)
    return [
        Waiting(
            id=id_,
            queue=queue,
            channel=channel,
            place_at=place_at,
            precedence=precedence,
            overflows_at=queued_at + queues[queue] if queues.get(queue) is not None else None,
            preferred=preferred,
            preferred_until=preferred_until,
            excluded=frozenset(excluded[id_]),
        )
        for id_, queue, channel, precedence, place_at, queued_at, preferred, preferred_until in rows.values()
    ]


def _room(free: Iterable[Free]) -> tuple[Counter[Line], Counter[Line]]:
    """Per line the room of formal agents, and that of informal employees."""
    formal: Counter[Line] = Counter()
    informal: Counter[Line] = Counter()
    for agent in free:
        for queue in agent.ranks:
            for channel, places in agent.room.items():
                (informal if agent.informal else formal)[queue, channel] += places
    return formal, informal


def _rows(sql: str, *params: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
