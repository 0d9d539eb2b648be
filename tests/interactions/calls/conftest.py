"""A call in Maya's hands, and colleagues who can take one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from agents.models import Agent
from interactions.calls import line
from interactions.models import Call, CallLeg, Interaction
from tests.cast import make_active, make_agent


def leg_of(call: Call, who: Agent | str) -> CallLeg:
    """The leg of an agent, or of the one with this role, as it is now."""
    legs = call.legs.live().select_related("call__interaction", "agent__person", "person", "via")
    return legs.get(role=who) if isinstance(who, str) else legs.get(agent=who)


def overdue(leg: CallLeg) -> CallLeg:
    """It was waited for long enough."""
    CallLeg.objects.filter(pk=leg.pk).update(back_by=timezone.now() - timedelta(seconds=1))
    return CallLeg.objects.select_related("call__interaction", "agent__person").get(pk=leg.pk)


@pytest.fixture
def olga(team) -> Agent:
    return make_agent("Olga Ruiz", team=team, capacities={"voice": 1, "chat": 2})


@pytest.fixture
def call(chat: Interaction) -> Call:
    """Lee is in line on the phone."""
    return line.start(chat, "browser", consented=True)


@pytest.fixture
def talking(call: Call, maya: Agent) -> Call:
    """Lee and Maya speak with each other."""
    line.join(leg_of(call, "customer"))
    make_active(call.interaction, maya)
    line.join(leg_of(call, maya))
    call.refresh_from_db()
    assert call.state == "talking"
    return call


@pytest.fixture
def heard() -> Callable[[Call], list[str]]:
    """What happened on the line, in order."""
    return lambda call: list(call.events.values_list("what", flat=True))
