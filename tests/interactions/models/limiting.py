"""Queues with limits, and what became of the work."""

from interactions.models import Interaction, Queue
from interactions.routing.timers import sweep
from tests.cast import (
    make_chat,
    make_entry_point,
)


def limit(queue: Queue, **rules: object) -> None:
    Queue.objects.filter(pk=queue.pk).update(**rules)
    queue.refresh_from_db()


def chat_at(queue: Queue, **arrival: object) -> Interaction:
    """One that arrives there now, as the queue is now."""
    door = queue.entry_points.filter(channel="chat").first() or make_entry_point(queue, f"door{queue.pk}")
    door.refresh_from_db()
    return make_chat(door, text="Hello?", **arrival)


def ways(interaction: Interaction) -> list[tuple[str, str, str]]:
    """Its overflows: to which queue and why."""
    return [(e.what, e.queue.name, e.why) for e in interaction.events.filter(what="overflowed")]


def told(interaction: Interaction) -> list[tuple[str, str]]:
    return list(interaction.messages.filter(kind="system").values_list("notice", "text"))


def swept(interaction: Interaction) -> Interaction:
    sweep()
    interaction.refresh_from_db()
    return interaction
