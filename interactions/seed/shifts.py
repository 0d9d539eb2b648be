"""The agents' days: at the desk, at lunch, gone home; each change a line of their ledger."""

import random
import zoneinfo
from datetime import datetime, timedelta

from agents.models import Agent, StatusChange
from interactions.seed.people import STAFF, ZONE

LUNCH_AFTER = timedelta(hours=3.5)


def on_shift(shift: tuple[int, int], at: datetime) -> bool:
    begins, ends = shift
    hour = at.astimezone(zoneinfo.ZoneInfo(ZONE)).hour
    return begins <= hour < ends if begins < ends else hour >= begins or hour < ends


def write_shifts(staff: dict[str, Agent], dice: random.Random, now: datetime, days: int) -> None:
    """Everyone is offline at the end: nobody's desk is open yet."""
    changes = []
    for line in STAFF:
        agent = staff[line.username]
        days_of_agent = [
            change for day in range(days, -1, -1) for change in _day(agent, line.shift, dice, now - timedelta(days=day))
        ]
        past = [change for change in days_of_agent if change.at < now]
        if past and past[-1].status != "offline":
            gone = max(past[-1].at, now - timedelta(minutes=1))
            past.append(_change(agent, "offline", gone, why="last desk closed", present=False))
        if past:
            agent.status_since = agent.idle_since = past[-1].at
        changes += past
    StatusChange.objects.bulk_create(changes)
    Agent.objects.bulk_update(staff.values(), ["status_since", "idle_since"])


def _day(agent: Agent, shift: tuple[int, int], dice: random.Random, day: datetime) -> list[StatusChange]:
    local = day.astimezone(zoneinfo.ZoneInfo(ZONE))
    begins, ends = shift
    opening = local.replace(hour=begins, minute=0, second=0, microsecond=0)
    start = opening + timedelta(minutes=dice.uniform(-8, 3))
    lunch = start + LUNCH_AFTER + timedelta(minutes=dice.uniform(0, 40))
    end = opening + timedelta(hours=(ends - begins) % 24, minutes=dice.uniform(-2, 9))
    return [
        _change(agent, "available", start),
        _change(agent, "away", lunch, reason="Lunch"),
        _change(agent, "available", lunch + timedelta(minutes=dice.uniform(26, 38))),
        _change(agent, "offline", end, present=False),
    ]


def _change(
    agent: Agent, status: str, at: datetime, *, reason: str = "", why: str = "", present: bool = True
) -> StatusChange:
    return StatusChange(agent=agent, status=status, reason=reason, why=why, present=present, by=agent.person, at=at)
