"""On hold: work that something else in its agent's hands has interrupted, until nothing there does any more."""

from collections.abc import Iterable

from django.db import connection
from django.utils import timezone

from agents.channels import INTERRUPTED_BY
from interactions import broadcasts

# Whether there is work in its agent's hands that interrupts `i`; what does is said by its capacity `c`, or usual.
USUAL = ", ".join(f"('{channel}', '{by}')" for channel, interrupters in INTERRUPTED_BY.items() for by in interrupters)
INTERRUPTIBLE = ", ".join(f"'{channel}'" for channel in INTERRUPTED_BY)
BENEATH = f"""
    exists (
        select from interactions_interaction w
        where w.agent_id = i.agent_id and w.state in ('active', 'wrap_up', 'parked') and w.holds_place and w.id <> i.id
        and case when c.interrupted_by is null then (i.channel, w.channel) in ({USUAL})
            else w.channel = any (c.interrupted_by) end
    )
"""

# Rows somebody else is moving are skipped, never waited for: whoever calls this may hold the agent's lock, and locks
# are taken in the order interaction, agent. The sweep comes by again.
FOLLOW = f"""
    with due as (
        select i.id from interactions_interaction i
        join agents_capacity c on c.agent_id = i.agent_id and c.channel = i.channel
        where i.state = 'active' and (%(agents)s::bigint[] is null or i.agent_id = any(%(agents)s))
        and (i.interrupted_since is not null or c.interrupted_by is not null or i.channel in ({INTERRUPTIBLE}))
        and (i.interrupted_since is null) = {BENEATH}
        order by i.id for no key update of i skip locked
    ), moved as (
        update interactions_interaction i set last_seq = last_seq + 1,
            held_for = held_for + coalesce(%(now)s - interrupted_since, interval '0'),
            interrupted_since = case when interrupted_since is null then %(now)s end
        from due where i.id = due.id
        returning i.id, i.agent_id, i.queue_id, i.last_seq, i.interrupted_since is null as resumed
    )
    insert into interactions_event (interaction_id, seq, what, queue_id, agent_id, why, at)
    select id, last_seq, case when resumed then 'resumed' else 'interrupted' end, queue_id, agent_id, '', %(now)s
    from moved returning interaction_id, agent_id
"""


def hold_and_resume(agents: Iterable[int] | None = None) -> int:
    """Put on hold what is interrupted now, and take up what is not any more, of these agents (or all); how many."""
    params = {"agents": None if agents is None else list(agents), "now": timezone.now()}
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW, params)
        moved = cursor.fetchall()
    for interaction, agent in moved:
        broadcasts.work_changed(agent, interaction)
    return len(moved)
