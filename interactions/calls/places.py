"""The place of a colleague who helps on the line: taken when they join, given back when they leave, however they do.

Whoever has no room for one helps without: to them no call is offered anyhow.
"""

from typing import TYPE_CHECKING

from agents.errors import StaleState
from agents.models import Agent, Capacity, Channel
from interactions.models.call import CallLeg

if TYPE_CHECKING:
    from interactions.models.calling import Calling


def lock_helpers(interaction: "Calling") -> None:
    """Those whose places a move may give back, with its agent: in the order of their ids, as everywhere."""
    helping = set(
        CallLeg.objects.filter(call__interaction=interaction.pk, holds_place=True).values_list("agent", flat=True)
    )
    if helping:
        agents = Agent.objects.select_for_update(no_key=True).filter(pk__in=helping | {interaction.agent_id})
        list(agents.order_by("pk").values_list("pk"))


def take(leg: CallLeg) -> None:
    """Called within a move of its call; the leg is still to be saved."""
    try:
        Capacity.objects.take(leg.handler.pk, Channel.VOICE)
    except StaleState:
        return
    leg.holds_place = True


def give_back(leg: CallLeg) -> None:
    """Called within a move of its call, once the leg is saved as left."""
    leg.handler.finish_work(Channel.VOICE)


def hand_on(interaction: "Calling", to: Agent) -> bool:
    """The place a colleague helps with is that of the work from now on; False: they have none, or of another kind."""
    if interaction.channel != Channel.VOICE:
        return False
    theirs = CallLeg.objects.live().filter(call__interaction=interaction.pk, agent=to, holds_place=True)
    return bool(theirs.update(holds_place=False))
