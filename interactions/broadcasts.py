"""What each screen shows when something happens; only model verbs call these, after their change is in."""

from typing import TYPE_CHECKING

from contactcenter.realtime import push
from interactions.adapters.chat.frames import message_frame

if TYPE_CHECKING:
    from interactions.models import Message, Offer
    from interactions.models.work import Work


def visitor_screen(interaction_id: int) -> str:
    return f"visitor-{interaction_id}"


def work_changed(agent_id: int, interaction_id: int) -> None:
    """This agent's list of work, and the conversation if it is open, look different now."""
    push(f"agent-{agent_id}", {"type": "screen.refresh", "what": "work", "id": interaction_id})


def offer_made(agent_id: int, interaction_id: int) -> None:
    push(f"agent-{agent_id}", {"type": "screen.refresh", "what": "offers", "id": interaction_id})


def offer_over(offer: "Offer") -> None:
    push(offer.agent.screen, {"type": "screen.refresh", "what": "offers", "id": offer.interaction_id})


def journey_changed(interaction: "Work") -> None:
    """State, place or person have changed: the customer's page asks for what it may know."""
    push(visitor_screen(interaction.pk), {"type": "screen.refresh", "what": "state", "id": interaction.pk})


def message_added(interaction: "Work", message: "Message", *, previous: int, previous_public: int) -> None:
    """Show a new line on the customer's screens, unless it is internal, and on the desk of whoever has the work."""
    if message.kind != message.Kind.NOTE:
        data = message_frame(message, prev=previous_public)
        push(visitor_screen(interaction.pk), {"type": "screen.json", "data": data})
    if interaction.agent_id:
        event = {"what": "message", "id": interaction.pk, "seq": message.seq, "prev": previous}
        push(f"agent-{interaction.agent_id}", {"type": "screen.refresh", **event})


def read(interaction: "Work") -> None:
    """Somebody has read up to here: both sides' marks move."""
    marks = {"type": "read", "agent_read": interaction.agent_read, "customer_read": interaction.customer_read}
    push(visitor_screen(interaction.pk), {"type": "screen.json", "data": marks})
    if interaction.agent_id:
        work_changed(interaction.agent_id, interaction.pk)


def customer_types(agent_id: int, interaction_id: int) -> None:
    push(f"agent-{agent_id}", {"type": "screen.refresh", "what": "typing", "id": interaction_id})
