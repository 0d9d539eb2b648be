"""The heads of the lines: bounded reads, a pass costs what the free capacity costs, not the backlog."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import connection

from interactions.routing.match import Free, Waiting

# One index probe per queue tells whether anything waits there at all.
WAITING_QUEUES = """
    select q.id, q.overflow_after from interactions_queue q
    where exists (select 1 from interactions_interaction i where i.queue_id = q.id and i.state = 'queued')
"""

# At most k rows per queue, straight from the partial index of the waiting line.
HEADS = """
    select h.id, h.queue_id, h.channel, h.place_at, h.queued_at, h.preferred_agent_id, h.preferred_until
    from (select unnest(%s::bigint[]) as queue, unnest(%s::int[]) as k) q
    cross join lateral (
        select id, queue_id, channel, place_at, queued_at, preferred_agent_id, preferred_until
        from interactions_interaction
        where state = 'queued' and queue_id = q.queue
        order by place_at, id
        limit q.k
    ) h
"""

EXCLUDED_PER_QUEUE = """
    select i.queue_id, count(*) from interactions_exclusion e join interactions_interaction i on i.id = e.interaction_id
    where i.state = 'queued' and e.until > %s group by i.queue_id
"""

PREFERRED_PER_QUEUE = """
    select queue_id, count(*) from interactions_interaction
    where state = 'queued' and preferred_until > %s group by queue_id
"""

EXCLUSIONS = """
    select interaction_id, agent_id from interactions_exclusion where interaction_id = any(%s) and until > %s
"""


def waiting_queues() -> dict[int, Any]:
    """Queues with waiting work, each with its time to overflow (a timedelta, None: never)."""
    return dict(_rows(WAITING_QUEUES))


def heads(queues: dict[int, Any], free: dict[int, Free], now: datetime) -> list[Waiting]:
    """As much of each line as the free room could take.

    Work that is excluded for somebody, or held for a preferred agent, may have to be passed over: that many more rows
    are read, so that such work never hides what stands behind it.
    """
    room: dict[int, int] = defaultdict(int)
    for agent in free.values():
        for queue in agent.ranks:
            room[queue] += sum(agent.room.values())
    passed_over: dict[int, int] = defaultdict(int)
    for sql in (EXCLUDED_PER_QUEUE, PREFERRED_PER_QUEUE):
        for queue, count in _rows(sql, now):
            passed_over[queue] += count
    wanted = {q: room[q] + passed_over[q] for q in queues if room[q] + passed_over[q]}
    if not wanted:
        return []
    rows = _rows(HEADS, list(wanted), list(wanted.values()))
    excluded: dict[int, set[int]] = defaultdict(set)
    for interaction, agent in _rows(EXCLUSIONS, [row[0] for row in rows], now):
        excluded[interaction].add(agent)
    return [
        Waiting(
            id=id_,
            queue=queue,
            channel=channel,
            place_at=place_at,
            overflows_at=queued_at + queues[queue] if queues[queue] is not None else None,
            preferred=preferred,
            preferred_until=preferred_until,
            excluded=frozenset(excluded[id_]),
        )
        for id_, queue, channel, place_at, queued_at, preferred, preferred_until in rows
    ]


def _rows(sql: str, *params: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
