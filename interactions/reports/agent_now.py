"""What each agent is doing this moment: derived, never stored, and never mixed up with the status they chose."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Exists, OuterRef, TextChoices
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Capacity, Channel, Lease


class Activity(TextChoices):
    """In order of precedence: what is wrong, then what is in hand, then what was chosen."""

    DISCONNECTED = "disconnected", _("Connection lost")
    NOT_RESPONDING = "not_responding", _("Not responding")
    TALKING = "talking", _("In conversation")
    WRAPPING_UP = "wrapping_up", _("Wrapping up")
    RINGING = "ringing", _("Ringing")
    AWAY = "away", _("Away")
    AVAILABLE = "available", _("Available")
    OFFLINE = "offline", _("Offline")


class Standing(TextChoices):
    """How an agent counts for a queue."""

    AVAILABLE = "available", _("available")
    BUSY = "busy", _("busy")
    AWAY = "away", _("away")
    OFFLINE = "offline", _("offline")


ACTIVITY = _(
    "The first that is true of: connection lost, not responding, in conversation, wrapping up, ringing, away, "
    "available, offline; and since when."
)

# What an agent has in hand, and since when, each from its partial index.
WORK = """
    select agent_id, 'talking', min(started_at) from interactions_segment where ended_at is null group by agent_id
    union all
    select agent_id, 'wrapping_up', min(ended_at) from interactions_interaction
    where state = 'wrap_up' group by agent_id
    union all
    select agent_id, 'ringing', min(offered_at) from interactions_offer where state = 'pending' group by agent_id
"""


@dataclass(frozen=True)
class Load:
    channel: str
    load: int
    maximum: int

    @property
    def label(self) -> str:
        return str(Channel(self.channel).label)


@dataclass(frozen=True)
class AgentNow:
    id: int
    name: str
    team: int | None
    team_name: str
    informal: bool
    activity: Activity
    since: datetime
    reason: str  # of being away
    next_status: str  # in words; empty when none is chosen
    loads: tuple[Load, ...]
    standing: Standing

    @property
    def taken(self) -> list[Load]:
        """The channels with work in hand."""
        return [load for load in self.loads if load.load]


def agents_now(now: datetime) -> list[AgentNow]:
    """Everyone who may sign in, by name."""
    loads: dict[int, list[Load]] = defaultdict(list)
    capacities = Capacity.objects.order_by("channel").values_list("agent", "channel", "load", "maximum")
    for owner, channel, load, maximum in capacities:
        loads[owner].append(Load(channel, load, maximum))
    work = _work()
    there = Exists(Lease.objects.live(now).filter(agent=OuterRef("pk")))
    agents = Agent.objects.active().annotate(there=there).select_related("person", "team", "away_reason", "next_reason")
    by_name = agents.order_by("person__name", "pk")
    return [_agent_now(agent, work.get(agent.pk, {}), tuple(loads[agent.pk])) for agent in by_name]


def _agent_now(agent: Agent, work: dict[str, datetime], loads: tuple[Load, ...]) -> AgentNow:
    activity, since = activity_of(agent, work)
    busy = any(load.load for load in loads)
    return AgentNow(
        id=agent.pk,
        name=agent.name,
        team=agent.team_id,
        team_name=agent.team.name if agent.team else "",
        informal=agent.informal,
        activity=activity,
        since=since,
        reason=str(agent.away_reason or "") if activity == Activity.AWAY else "",
        next_status=str(agent.next_reason or Agent.Status(agent.next_status).label) if agent.next_status else "",
        loads=loads,
        standing=standing_of(activity, busy=busy, leaving=bool(agent.next_status)),
    )


def activity_of(agent: Agent, work: dict[str, datetime]) -> tuple[Activity, datetime]:
    """The first that is true, in the order of Activity, and since when it is."""
    available = agent.status == Agent.Status.AVAILABLE
    if available and not agent.there:  # type: ignore[attr-defined]
        return Activity.DISCONNECTED, agent.gone_since or agent.status_since
    if agent.withheld == Agent.Withheld.DISCONNECTED:
        return Activity.DISCONNECTED, agent.withheld_since or agent.status_since
    if agent.withheld:
        return Activity.NOT_RESPONDING, agent.withheld_since or agent.status_since
    for activity in (Activity.TALKING, Activity.WRAPPING_UP, Activity.RINGING):
        if activity in work:
            return activity, work[activity]
    if available:
        return Activity.AVAILABLE, max(agent.status_since, agent.idle_since)
    return Activity(agent.status), agent.status_since


def standing_of(activity: Activity, *, busy: bool, leaving: bool) -> Standing:
    """Available is free of any work and can be rung; busy has work in hand, whatever was chosen."""
    if activity == Activity.OFFLINE:
        return Standing.OFFLINE
    if busy:
        return Standing.BUSY
    return Standing.AVAILABLE if activity == Activity.AVAILABLE and not leaving else Standing.AWAY


def _work() -> dict[int, dict[str, datetime]]:
    work: dict[int, dict[str, datetime]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(WORK)
        for agent, activity, since in cursor.fetchall():
            work[agent][activity] = since
    return work
