"""The heads of the lines: bounded reads, a pass costs what the free capacity costs, not the backlog."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from interactions.routing.match import NOTHING, Waiting, admitted_by
from interactions.routing.pool import Line, Pool

AT_ONCE = 1000  # of one line in one pass; there is another while that was not all
DRAINING_AT_ONCE = 50

COLUMNS = """id, queue_id, channel, queued_at, place_at, precedence,
    preferred_agent_id, preferred_team_id, preferred_until"""

# At most k rows per line, straight from the partial index of the waiting line; for those who may only have what has
# waited long enough, looking past no more than a thousand that have not (a transfer keeps its place).
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
            limit case when q.queued_until is null then q.k else 1000 end
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

THESE = f"select {COLUMNS} from interactions_interaction where state = 'queued' and id = any(%s)"

# The limit keeps this a look at each excluded row, where the planner might read all that waits instead.
EXCLUDED_PER_LINE = """
    select i.queue_id, i.channel, count(*)
    from interactions_exclusion e cross join lateral (
        select queue_id, channel from interactions_interaction where id = e.interaction_id and state = 'queued' limit 1
    ) i
    where e.until > %s group by i.queue_id, i.channel
"""

EXCLUSIONS = """
    select interaction_id, agent_id, until from interactions_exclusion where interaction_id = any(%s) and until > %s
"""


def heads(lines: Iterable[Line], pool: Pool, now: datetime) -> list[Waiting]:
    """As much of each line as those who have room could take.

    Work that is excluded for somebody, or preferred for somebody who may not serve the queue, may have to be passed
    over: that many more rows are read, so that such work never hides what stands behind it.
    """
    held: dict[int, Any] = {row[0]: row for row in _rows(HELD, now) if row[1] in pool.rules.queues}
    passed_over: Counter[Line] = Counter((queue, channel) for _id, queue, channel, *_rest in held.values())
    for queue, channel, n in _rows(EXCLUDED_PER_LINE, now):
        passed_over[queue, channel] += n
    wanted = [row for line in lines for row in _wanted(line, pool, passed_over[line], now)]
    rows = held
    if wanted:
        rows |= {row[0]: row for row in _rows(HEADS, *(list(column) for column in zip(*wanted, strict=True)))}
    if not rows:
        return []
    return _waiting(rows.values(), now)


def rows_of(interactions: Iterable[int], now: datetime) -> list[Waiting]:
    """These, of those that wait, as the lines show them."""
    return _waiting(_rows(THESE, list(interactions)), now)


def _waiting(rows: Collection[Any], now: datetime) -> list[Waiting]:
    excluded: dict[int, dict[int, datetime]] = defaultdict(dict)
    for interaction, agent, until in _rows(EXCLUSIONS, [row[0] for row in rows], now):
        excluded[interaction][agent] = until
    return [Waiting(*(*row, excluded.get(row[0], {}))) for row in rows]


def _wanted(line: Line, pool: Pool, passed_over: int, now: datetime) -> list[tuple[int, str, int, datetime | None]]:
    """What to read of a line: queue, channel, how many, and, for groups who are asked later, what entered by when."""
    queue, channel = line
    if queue not in pool.rules.queues:
        return []
    k = passed_over + min(DRAINING_AT_ONCE, sum(len(group.rooms) for group in pool.short.get(line, {}).values()))
    wanted = []
    for group, free in sorted(pool.with_room(line).items()):
        k += free
        by = admitted_by(group, pool.rules.queues[queue], now)
        if by != NOTHING:
            wanted.append((queue, channel, min(k, AT_ONCE), by))
    return wanted


def _rows(sql: str, *params: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
