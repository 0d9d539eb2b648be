"""Messages that were left come in crowds: many arrive in as few statements as one would take."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from django.db import transaction
from django.utils import timezone

from contactcenter.wakeup import wake_router
from interactions.models.event import Event
from interactions.models.hours import business_due
from interactions.models.limits import Limits
from interactions.models.message import Message, Upload

if TYPE_CHECKING:
    from interactions.models.customer import Customer


@dataclass(frozen=True)
class Arrival:
    """What one customer left."""

    customer: "Customer"
    text: str
    subject: str = ""
    client_id: str = ""
    files: Sequence[Upload] = field(default=())
    previous: Any = None


class Arrivals(Limits):
    class Meta(Limits.Meta):
        abstract = True

    @classmethod
    @transaction.atomic
    def arrive_all(cls, entry_point: Any, arrivals: Sequence[Arrival]) -> list[tuple[Self, Message]]:
        """As many customers as left a message come in and wait; each with its line, in their order.

        Nobody watches what is not there yet, so no screen is told: the router is.
        """
        queue, now = entry_point.queue, timezone.now()
        priority = queue.priority + entry_point.priority
        place = cls._place(queue, now, priority)
        due = business_due(now, queue.reply_within, (queue.hours, entry_point.hours))
        work = [
            cls(
                channel=entry_point.channel,
                entry_point=entry_point,
                queue=queue,
                customer=one.customer,
                subject=one.subject[:200],
                live=False,
                previous=one.previous,
                priority=priority,
                arrived_at=now,
                queued_at=now,
                unanswered_since=now,
                reply_due_at=due,
                last_seq=2,
                last_line=2,
                last_public_line=2,
                **place,
            )
            for one in arrivals
        ]
        for interaction in work:
            interaction._prefer(*interaction._known_to())
        cls._default_manager.bulk_create(work)
        Event.objects.bulk_create(
            Event(interaction_id=interaction.pk, seq=1, what=Event.What.ARRIVED, queue=queue, at=now)
            for interaction in work
        )
        said = Message.objects.bulk_create(
            Message(
                interaction_id=interaction.pk,
                seq=2,
                kind=Message.Kind.INBOUND,
                text=one.text,
                client_id=one.client_id,
                at=now,
            )
            for interaction, one in zip(work, arrivals, strict=True)
        )
        for interaction, message, one in zip(work, said, arrivals, strict=True):
            message.interaction = interaction  # type: ignore[assignment]
            message.files = [interaction._attach(message, upload) for upload in one.files]
        wake_router(queue=queue.pk)
        return list(zip(work, said, strict=True))
