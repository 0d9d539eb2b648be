"""Where a conversation stands, as its customer may know it: one answer for HTTP and for the socket."""

from typing import Any

from interactions.adapters.chat.frames import message_frame
from interactions.lines.attendance import attended
from interactions.lines.estimate import estimated_wait, place_in_line
from interactions.models import Interaction, Message
from interactions.models.states import State

SHOWN_AS = {
    State.QUEUED: "queued",
    State.OFFERED: "queued",
    State.ACTIVE: "active",
    State.PARKED: "active",
}
LINES_AT_ONCE = 200


def standing(interaction: Interaction) -> dict[str, Any]:
    """The `state` frame."""
    waits = interaction.state in (State.QUEUED, State.OFFERED)
    place = place_in_line(interaction) if waits and interaction.live else None
    wait = estimated_wait(interaction, place) if place else None
    return {
        "type": "state",
        "interaction": interaction.pk,
        "state": SHOWN_AS.get(State(interaction.state), "closed"),
        "live": interaction.live,
        "on_call": interaction.on_call,
        "place": place,
        "wait_s": round(wait.total_seconds()) if wait else None,
        "attended": attended(interaction.queue_id, interaction.channel) if waits else True,
        "agent": interaction.agent.person.get_short_name() if interaction.agent else None,
        "agent_read": interaction.agent_read,
        "customer_read": interaction.customer_read,
        "can_rate": interaction.state in (State.WRAP_UP, State.CLOSED)
        and interaction.answered_at is not None
        and interaction.rating is None,
        "stars": interaction.rating,
        "last": interaction.last_public_line,
    }


def lines_after(interaction_id: int, after: int) -> list[dict[str, Any]]:
    """The first of the `message` frames the customer has not got yet; none when there are no more."""
    said = Message.objects.filter(interaction=interaction_id).public()
    prev = 0
    if after:
        prev = said.filter(seq__lte=after).order_by("-seq").values_list("seq", flat=True).first() or 0
    frames = []
    lines = said.after(after).select_related("agent__person").prefetch_related("attachments").order_by("seq")
    for message in lines[:LINES_AT_ONCE]:
        frames.append(message_frame(message, prev=prev))
        prev = message.seq
    return frames
