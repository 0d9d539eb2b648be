"""The heads of the lines: bounded reads, a pass costs what the free capacity costs, not the backlog."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from contactcenter.prepared import rows
from contactcenter.sql import array
from interactions.routing.match import NOBODY, Waiting
from interactions.routing.pool import Line, Pool
from interactions.routing.reading import worth_reading

AT_ONCE = 1000  # of one line in one pass; there is another while that was not all

COLUMNS = """id, queue_id, channel, queued_at, place_at, precedence,
    preferred_agent_id, preferred_team_id, preferred_until"""

NOT_FOR = """
    select interaction_id, array_agg(agent_id) as agents, array_agg(until) as untils
    from interactions_exclusion where until > %(now)s
"""

# At most k rows per line, straight from the partial index of the waiting line; for those who may only have what has
# waited long enough, looking past no more than a thousand that have not (a transfer keeps its place). Work that is
# excluded for somebody, or preferred for somebody who may not serve the queue, may have to be passed over: that many
# more rows are read, so that such work never hides what stands behind it. What is preferred is read whatever its line.
HEADS = f"""
    with held as materialized (
        select {COLUMNS} from interactions_interaction
        where state = 'queued' and preferred_until > %(now)s order by preferred_until limit 1000
    ), passed_over as (
        select queue_id, channel, count(*) as n from (
            select queue_id, channel from held
            union all
            -- The limit keeps this a look at each excluded row, where the planner might read all that waits instead.
            select i.queue_id, i.channel from interactions_exclusion e cross join lateral (
                select queue_id, channel from interactions_interaction
                where id = e.interaction_id and state = 'queued' limit 1
            ) i
            where e.until > %(now)s
        ) p group by queue_id, channel
    ), heads as (
        select h.* from unnest(%(queues)s::bigint[], %(channels)s::text[], %(ks)s::int[], %(untils)s::timestamptz[])
            as q (queue, channel, k, queued_until)
        left join passed_over p on p.queue_id = q.queue and p.channel = q.channel
        cross join lateral (
            select * from (
                select {COLUMNS} from interactions_interaction
                where state = 'queued' and queue_id = q.queue and channel = q.channel
                order by precedence desc, place_at, id
                limit case when q.queued_until is null then least({AT_ONCE}, q.k + coalesce(p.n, 0)) else 1000 end
            ) line
            where q.queued_until is null or queued_at <= q.queued_until
            order by precedence desc, place_at, id
            limit least({AT_ONCE}, q.k + coalesce(p.n, 0))
        ) h
    )
    select work.*, agents, untils
    from (select * from held union all select * from heads) work
    left join ({NOT_FOR} group by interaction_id) excluded on excluded.interaction_id = work.id
"""

THESE = f"""
    select {COLUMNS}, agents, untils from interactions_interaction work left join lateral (
        {NOT_FOR} and interaction_id = work.id group by interaction_id
    ) excluded on true
    where state = 'queued' and id = any(%(ids)s::bigint[])
"""


def heads(lines: Iterable[Line], pool: Pool, now: datetime) -> list[Waiting]:
    """As much of each line as those who have room could take, and some of what others are to get room for."""
    wanted = [(*line, min(k, AT_ONCE), by) for line in lines for k, by in worth_reading(line, pool, now)]
    queues, channels, ks, untils = [[row[column] for row in wanted] for column in range(4)]
    params = {"now": now, "queues": queues, "channels": channels, "ks": ks, "untils": untils}
    queues_known = pool.rules.queues
    found = {row[0]: _waiting(row) for row in rows(HEADS, params) if row[1] in queues_known}  # some come twice
    return list(found.values())


def rows_of(interactions: Iterable[int], now: datetime) -> list[Waiting]:
    """These, of those that wait, as the lines show them."""
    return [_waiting(row) for row in rows(THESE, {"ids": array(interactions), "now": now})]


def _waiting(row: tuple[Any, ...]) -> Waiting:
    agents, untils = row[-2:]
    return Waiting._make((*row[:-2], dict(zip(agents, untils, strict=True)) if agents else NOBODY))
