"""Where a conversation stands, as its customer may know it: one answer for HTTP and for the socket."""

from typing import Any

from django.db.models import prefetch_related_objects

from contactcenter.prepared import Prepared
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


_with_agent = Prepared(lambda pk: Interaction.objects.filter(pk=pk).select_related("queue", "agent__person"))


def as_it_is(interaction: int) -> Interaction:
    """With all that `standing` tells of."""
    return _with_agent.get(interaction)


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


_lines = Prepared(
    lambda interaction, after: (
        Message.objects.filter(interaction=interaction)
        .public()
        .after(after)
        .select_related("agent__person")
        .order_by("seq")[:LINES_AT_ONCE]
    )
)
_line_before = Prepared(
    lambda interaction, after: (
        Message.objects.filter(interaction=interaction, seq__lte=after).public().order_by("-seq").only("seq")[:1]
    )
)


def lines_after(interaction_id: int, after: int) -> list[dict[str, Any]]:
    """The first of the `message` frames the customer has not got yet; none when there are no more."""
    before = _line_before.first(interaction_id, after) if after else None
    prev = before.seq if before else 0
    lines = _lines.all(interaction_id, after)
    prefetch_related_objects(lines, "attachments")
    frames = []
    for message in lines:
        frames.append(message_frame(message, prev=prev))
        prev = message.seq
    return frames
