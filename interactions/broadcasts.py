"""What each screen shows when something happens; only model verbs call these, after their change is in."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from agents import reasons
from contactcenter.realtime import push
from interactions.adapters.chat.frames import message_frame

if TYPE_CHECKING:
    from agents.models import Agent
    from interactions.models import Message, Offer, Recording
    from interactions.models.work import Work


def visitor_screen(interaction_id: int) -> str:
    return f"visitor-{interaction_id}"


def work_changed(agent_id: int, interaction_id: int) -> None:
    """This agent's list of work, and the conversation if it is open, look different now."""
    push(f"agent-{agent_id}", {"type": "screen.refresh", "what": "work", "id": interaction_id})


def rings(agents: Mapping[int, int], visited: Iterable[int]) -> None:
    """At these agents, with one of what is new for each; customers who wait on a page are told."""
    transaction.on_commit(partial(_show_rings, agents, visited), robust=True)


def _show_rings(agents: Mapping[int, int], visited: Iterable[int]) -> None:
    for agent_id, interaction_id in agents.items():
        push(f"agent-{agent_id}", {"type": "screen.refresh", "what": "offers", "id": interaction_id})
    for interaction_id in visited:
        push(visitor_screen(interaction_id), {"type": "screen.refresh", "what": "state", "id": interaction_id})


def offer_over(offer: "Offer") -> None:
    push(offer.agent.screen, {"type": "screen.refresh", "what": "offers", "id": offer.interaction_id})


def opened_by_itself(agent: "Agent", interaction_id: int) -> None:
    """A desk with nothing else open shows it at once; one who writes to somebody else is left to it."""
    push(
        agent.screen,
        {"type": "screen.patch", "html": render_to_string("desk/_talk.html#opened", {"pk": interaction_id})},
    )


def offer_withdrawn(agent: "Agent", interaction: "Work", why: str) -> None:
    """It stopped ringing through no fault of theirs: a word on why, for whoever was about to press."""
    customer = str(interaction.customer)
    transaction.on_commit(partial(_show_notice, agent, customer, why), robust=True)


def _show_notice(agent: "Agent", customer: str, why: str) -> None:
    with translation.override(agent.person.language):
        html = render_to_string("409.html#notice", {"notice": f"{customer}: {reasons.shown(why)}"})
    push(agent.screen, {"type": "screen.patch", "html": html})


def journey_changed(interaction: "Work") -> None:
    """State, place or person have changed: the customer's page asks for what it may know."""
    push(visitor_screen(interaction.pk), {"type": "screen.refresh", "what": "state", "id": interaction.pk})


def message_added(interaction: "Work", message: "Message", *, previous: int, previous_public: int) -> None:
    """Show a new line on the customer's screens, unless it is internal, and on the desk of whoever has the work: to
    whom it is said first, for who said it is only told that it was heard."""
    to_agent = [partial(_show_line, interaction.agent, interaction, message)] if interaction.agent else []
    to_customer = []
    if message.kind != message.Kind.NOTE:
        frame = {"type": "screen.json", "data": message_frame(message, prev=previous_public)}
        to_customer.append(partial(push, visitor_screen(interaction.pk), frame))
    for show in to_agent + to_customer if message.kind == message.Kind.INBOUND else to_customer + to_agent:
        transaction.on_commit(show, robust=True)


def _show_line(agent: "Agent", interaction: "Work", message: "Message") -> None:
    """A line is drawn once, for all desks of the one agent, from what the verb has in hand: no query, no lock held."""
    with translation.override(agent.person.language):
        message.drawn = render_to_string("desk/_message.html", {"interaction": interaction, "message": message})
        context = {"interaction": interaction, "message": message, "drawn": message.drawn}
        html = render_to_string("desk/_messages.html#pushed", context)
    push(agent.screen, {"type": "screen.patch", "html": html}, _row(interaction.pk))


def line_changed(interaction: "Work", message: "Message") -> None:
    """A line that stands on the desk of whoever has the work looks different now."""
    if interaction.agent:
        push(interaction.agent.screen, {"type": "screen.refresh", "what": "line", "id": message.pk})


def row_changed(agent_id: int, interaction_id: int) -> None:
    """In this agent's list, what stands in the row has changed, not which rows there are; and how far it was read."""
    push(f"agent-{agent_id}", _row(interaction_id))


def _row(interaction_id: int) -> dict[str, object]:
    return {"type": "screen.refresh", "what": "row", "id": interaction_id}


def read(interaction_id: int, agent_id: int | None, *, agent_read: int, customer_read: int) -> None:
    """Somebody has read up to here: both sides' marks move."""
    marks = {"type": "read", "agent_read": agent_read, "customer_read": customer_read}
    push(visitor_screen(interaction_id), {"type": "screen.json", "data": marks})
    if agent_id:
        row_changed(agent_id, interaction_id)


def recorded(recording: "Recording") -> None:
    """Whoever spoke in this call sees what was recorded of it, if the conversation is still before them."""
    spoke = recording.call.legs.exclude(agent=None).values_list("agent", flat=True).distinct()
    for agent_id in spoke:
        push(f"agent-{agent_id}", {"type": "screen.refresh", "what": "recordings", "id": recording.call.interaction_id})


def customer_types(agent_id: int, interaction_id: int) -> None:
    push(f"agent-{agent_id}", {"type": "screen.refresh", "what": "typing", "id": interaction_id})
