"""What each agent is doing this moment: derived, never stored, and never mixed up with the status they chose."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Exists, OuterRef, TextChoices
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Capacity, Channel, Lease

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


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
    where state = 'wrap_up' and holds_place group by agent_id
    union all
    select agent_id, 'ringing', min(offered_at) from interactions_offer where state = 'pending' group by agent_id
"""


COLUMNS = (
    *("pk", "person__name", "person__username", "team_id", "engagement", "status", "status_since", "idle_since"),
    *(
        "withheld",
        "withheld_since",
        "gone_since",
        "cooling_until",
        "away_reason__name",
        "next_status",
        "next_reason__name",
        "there",
    ),
)


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
    informal: bool
    activity: Activity
    since: datetime
    reason: str  # of being away
    next_status: "StrOrPromise"  # in words; empty when none is chosen
    loads: tuple[Load, ...]
    standing: Standing
    wrapping_up: bool  # whatever else they do
    left_alone_until: datetime | None  # an informal employee who did not answer

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
    rows = Agent.objects.active().annotate(there=there).order_by("person__name", "pk").values_list(*COLUMNS, named=True)
    return [_agent_now(row, work.get(row.pk, {}), tuple(loads[row.pk]), now) for row in rows]


def _agent_now(row: Any, work: dict[str, datetime], loads: tuple[Load, ...], now: datetime) -> AgentNow:
    activity, since = activity_of(row, work)
    left_alone_until = row.cooling_until if row.cooling_until and row.cooling_until > now else None
    leaving = bool(row.next_status or left_alone_until)
    return AgentNow(
        id=row.pk,
        name=row.person__name or row.person__username,
        team=row.team_id,
        informal=row.engagement == Agent.Engagement.INFORMAL,
        activity=activity,
        since=since,
        reason=(row.away_reason__name or "") if activity == Activity.AWAY else "",
        next_status=(row.next_reason__name or Agent.Status(row.next_status).label) if row.next_status else "",
        loads=loads,
        standing=standing_of(activity, busy=any(load.load for load in loads), leaving=leaving),
        wrapping_up=Activity.WRAPPING_UP in work,
        left_alone_until=left_alone_until,
    )


def activity_of(row: Any, work: dict[str, datetime]) -> tuple[Activity, datetime]:
    """The first that is true, in the order of Activity, and since when it is."""
    available = row.status == Agent.Status.AVAILABLE
    if available and not row.there:
        return Activity.DISCONNECTED, row.gone_since or row.status_since
    if row.withheld == Agent.Withheld.DISCONNECTED:
        return Activity.DISCONNECTED, row.withheld_since
    if row.withheld:
        return Activity.NOT_RESPONDING, row.withheld_since
    for activity in (Activity.TALKING, Activity.WRAPPING_UP, Activity.RINGING):
        if activity in work:
            return activity, work[activity]
    if available:
        return Activity.AVAILABLE, max(row.status_since, row.idle_since)
    return Activity(row.status), row.status_since


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
