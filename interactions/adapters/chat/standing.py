"""Where a conversation stands, as its customer may know it: one answer for HTTP and for the socket."""

import time
from datetime import timedelta
from typing import Any

from django.utils import timezone

from interactions.adapters.chat.frames import message_frame
from interactions.models import Interaction, Message
from interactions.models.states import State
from interactions.routing.candidates import attended

SHOWN_AS = {
    State.QUEUED: "queued",
    State.OFFERED: "queued",
    State.ACTIVE: "active",
    State.PARKED: "active",
}
LONGEST_LINE = 200  # a place further back is not told, and not counted
BASIS = 10  # answers an estimate rests on at most
LEAST_BASIS = 3
KEPT_FOR = 10.0  # seconds
LINES_AT_ONCE = 200

_spacings: dict[int, tuple[float, float | None]] = {}


def standing(interaction: Interaction) -> dict[str, Any]:
    """The `state` frame."""
    waits = interaction.state in (State.QUEUED, State.OFFERED)
    place = place_in_line(interaction) if waits and interaction.live else None
    spacing = answer_spacing(interaction.queue_id) if place else None
    return {
        "type": "state",
        "interaction": interaction.pk,
        "state": SHOWN_AS.get(State(interaction.state), "closed"),
        "live": interaction.live,
        "place": place,
        "wait_s": round(place * spacing) if place and spacing else None,
        "attended": attended(interaction.queue, interaction.channel, timezone.now()) if waits else True,
        "agent": interaction.agent.person.get_short_name() if interaction.agent else None,
        "agent_read": interaction.agent_read,
        "customer_read": interaction.customer_read,
        "can_rate": interaction.state in (State.WRAP_UP, State.CLOSED)
        and interaction.answered_at is not None
        and interaction.rating is None,
        "stars": interaction.rating,
        "last": interaction.last_public_line,
    }


def place_in_line(interaction: Interaction) -> int | None:
    """1 is next; None when too far back to promise anything."""
    if interaction.state == State.OFFERED:
        return 1
    queue = Interaction.objects.waiting().in_queue(interaction.queue)
    before = queue.filter(place_at__lt=interaction.place_at) | queue.filter(
        place_at=interaction.place_at, pk__lt=interaction.pk
    )
    ahead = len(before.values_list("pk", flat=True)[:LONGEST_LINE])
    return ahead + 1 if ahead < LONGEST_LINE else None


def answer_spacing(queue_id: int) -> float | None:
    """Seconds between two answers in this queue lately, up to now; None without enough of them to judge by."""
    known = _spacings.get(queue_id)
    if known and known[0] > time.monotonic():
        return known[1]
    now = timezone.now()
    answered = list(
        Interaction.objects.filter(
            queue_id=queue_id, arrived_at__gt=now - timedelta(hours=1), answered_at__isnull=False
        )
        .order_by("-answered_at")
        .values_list("answered_at", flat=True)[:BASIS]
    )
    first = answered[-1] if len(answered) >= LEAST_BASIS else None
    spacing = (now - first).total_seconds() / len(answered) if first else None
    _spacings[queue_id] = (time.monotonic() + KEPT_FOR, spacing)
    return spacing


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
