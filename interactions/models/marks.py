"""How far each side of a conversation has read; of many conversations in one statement, since a mark follows nearly
every line."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from contactcenter.prepared import rows
from contactcenter.sql import array
from interactions import broadcasts

_MOVE = """
    with asked as (
        select * from unnest(%(works)s::bigint[], %(sides)s::text[], %(by)s::bigint[], %(seqs)s::int[])
            as a (work, side, by, seq)
    ), held as materialized (
        select id, agent_id from interactions_interaction
        where id = any(%(works)s::bigint[]) order by id for no key update skip locked
    ), ahead as (
        select held.id,
            coalesce(max(seq) filter (where side = 'agent_read' and (by is null or by = agent_id)), 0) as agent_read,
            coalesce(max(seq) filter (where side = 'customer_read'), 0) as customer_read,
            coalesce(max(seq) filter (where side <> 'agent_read'), 0) as customer_received
        from held join asked on work = held.id group by held.id
    ), moved as (
        update interactions_interaction i set
            agent_read = greatest(i.agent_read, least(ahead.agent_read, last_seq)),
            customer_read = greatest(i.customer_read, least(ahead.customer_read, last_seq)),
            customer_received = greatest(i.customer_received, least(ahead.customer_received, last_seq))
        from ahead where i.id = ahead.id and (
            i.agent_read < least(ahead.agent_read, last_seq)
            or i.customer_read < least(ahead.customer_read, last_seq)
            or i.customer_received < least(ahead.customer_received, last_seq))
        returning i.id, i.agent_id, i.agent_read, i.customer_read
    )
    select i.id, held.id is not null, moved.id is not null, moved.agent_id, moved.agent_read, moved.customer_read
    from interactions_interaction i left join held using (id) left join moved using (id)
    where i.id = any(%(works)s::bigint[])
"""


class Mark(NamedTuple):
    """Up to where which side has read; what the customer has read was also received: their page has shown it."""

    work: int  # key of the interaction
    side: Literal["agent_read", "customer_read", "customer_received"]
    by: int | None = None  # only while this agent has it


def move(marks: Mapping[Mark, int]) -> set[Mark]:
    """Set each mark to its line's number; returns those whose conversation is being moved, to be tried again.

    Marks only move ahead, and not past the last number; no event, no number, and nothing else is read.
    """
    busy = set()
    params = {
        "works": array(mark.work for mark in marks),
        "sides": array(mark.side for mark in marks),
        "by": array(mark.by or "null" for mark in marks),
        "seqs": array(marks.values()),
    }
    for work, held, moved, agent, agent_read, customer_read in rows(_MOVE, params):
        if not held:
            busy.add(work)
        if moved:
            broadcasts.read(work, agent, agent_read=agent_read, customer_read=customer_read)
    return {mark for mark in marks if mark.work in busy}
