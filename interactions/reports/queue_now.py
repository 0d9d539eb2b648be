"""What is going on in each queue this moment."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interactions.models.membership import Membership
from interactions.reports.agent_now import AgentNow, Standing

WAITING = _("Customers on the line whom nobody has answered yet, ringing ones included.")
LONGEST = _(
    "How long the one who waits longest has been in this queue; and since arrival, when another queue came before."
)
MESSAGES_LEFT = _("Messages left while nobody could answer; nobody waits on the line for them.")
SET_ASIDE = _("Taken out of the line: nobody took it in its time, or it could not be read. A supervisor decides.")
ACTIVE = _("Conversations with an agent right now.")
WRAPPING_UP = _("Conversations that have ended and are being wrapped up.")
AGENTS = _(
    "Agents who serve the queue with enough skill: free of any work, with work in hand, or away. Offline: not here."
)

# Each part reads a partial index: the waiting line, the offers that ring, what was set aside.
LINES = """
    select queue_id, count(*) filter (where live), count(*) filter (where live and ringing),
        count(*) filter (where not live and not aside), count(*) filter (where aside),
        min(queued_at) filter (where live), min(arrived_at) filter (where live),
        count(*) filter (where due <= now())
    from (
        select queue_id, live, queued_at, arrived_at, false as ringing, false as aside, reply_due_at as due
        from interactions_interaction where state = 'queued'
        union all
        select i.queue_id, live, queued_at, arrived_at, true, false, reply_due_at
        from interactions_offer o join interactions_interaction i on i.id = o.interaction_id where o.state = 'pending'
        union all
        select queue_id, false, queued_at, arrived_at, false, true, null
        from interactions_interaction where state = 'set_aside'
        union all
        select queue_id, null, null, null, false, null, reply_due_at
        from interactions_interaction where agent_id is not null and state in ('active', 'wrap_up', 'parked')
            and reply_due_at is not null
    ) waiting group by queue_id
"""

IN_HAND = """
    select queue_id, count(*) filter (where state = 'active'), count(*) filter (where state = 'wrap_up')
    from interactions_interaction where agent_id is not null and state in ('active', 'wrap_up') group by queue_id
"""

# Members directly or by team who have every skill the queue asks, counted by how they stand.
STAFF = """
    select serving.queue_id, a.standing, count(*)
    from (
        select queue_id, agent_id from interactions_membership where agent_id is not null
        union
        select m.queue_id, a.id from interactions_membership m join agents_agent a on a.team_id = m.team_id
    ) serving
    join (select unnest(%s::bigint[]) as id, unnest(%s::text[]) as standing) a on a.id = serving.agent_id
    where not exists (
        select from interactions_queueskill asked
        where asked.queue_id = serving.queue_id and asked.required and not exists (
            select from agents_agentskill has
            where has.agent_id = a.id and has.skill_id = asked.skill_id and has.level >= asked.level))
    group by serving.queue_id, a.standing
"""


@dataclass(frozen=True)
class Line:
    waiting: int = 0
    ringing: int = 0
    messages_left: int = 0
    set_aside: int = 0
    here_since: datetime | None = None
    arrived_at: datetime | None = None
    overdue: int = 0


@dataclass(frozen=True)
class InHand:
    active: int = 0
    wrapping_up: int = 0


@dataclass(frozen=True)
class Staff:
    available: int = 0
    busy: int = 0
    away: int = 0


def lines() -> dict[int, Line]:
    return {queue: Line(*figures) for queue, *figures in _rows(LINES)}


def in_hand() -> dict[int, InHand]:
    return {queue: InHand(*figures) for queue, *figures in _rows(IN_HAND)}


def staff(agents: Iterable[AgentNow]) -> dict[int, Staff]:
    standing = [(agent.id, agent.standing) for agent in agents if agent.standing != Standing.OFFLINE]
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for queue, how, count in _rows(STAFF, [agent for agent, _how in standing], [str(how) for _agent, how in standing]):
        counts[queue][how] = count
    return {queue: Staff(**by_standing) for queue, by_standing in counts.items()}


def serving_teams() -> dict[int, frozenset[int]]:
    """The teams with a part in each queue: as a whole, or by one of theirs."""
    teams: dict[int, set[int]] = defaultdict(set)
    serving = Membership.objects.filter(Q(team__isnull=False) | Q(agent__team__isnull=False))
    for queue, team, team_of_agent in serving.values_list("queue", "team", "agent__team").distinct().order_by():
        teams[queue].add(team or team_of_agent)
    return {queue: frozenset(ids) for queue, ids in teams.items()}


def _rows(sql: str, *params: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
