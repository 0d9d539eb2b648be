"""One piece of work on one channel, from arrival to close.

queued -> offered -> active -> wrap_up -> closed
             back to queued: declined, missed, withdrawn; from active: transferred, returned when the agent is gone
active <-> parked (through the queue when woken);  queued, offered -> abandoned -> queued when the customer comes back
queued, offered -> set_aside -> queued or closed, as a supervisor decides;  -> spam -> queued, if it was none
wrap_up, closed, abandoned, set_aside -> queued when the customer goes on with it by mail
"""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Channel, Person
from contactcenter.prepared import Prepared
from interactions.models.message import Message
from interactions.models.queue import Queue
from interactions.models.splitting import Splitting
from interactions.models.states import OPEN, State


class InteractionQuerySet(models.QuerySet["Interaction"]):
    def visible_to(self, person: Person) -> Self:
        """Agents see what they handle or handled; supervisors also their teams' and queues'; administrators all."""
        if person.is_administrator:
            return self
        agents = Agent.objects.visible_to(person)
        seen = Q(agent__in=agents) | Q(pk__in=Segment.objects.filter(agent__in=agents).values("interaction"))
        if person.is_supervisor:
            seen |= Q(queue__in=Queue.objects.visible_to(person))
        return self.filter(seen)

    def waiting(self) -> Self:
        return self.filter(state=State.QUEUED)

    def in_queue(self, queue: Queue) -> Self:
        return self.filter(queue=queue)

    def next_first(self) -> Self:
        """The line: by place, which is the moment of arrival moved ahead a minute per point of priority."""
        return self.order_by("-precedence", "place_at", "pk")

    def in_hand(self) -> Self:
        """What somebody is working on: live, wrapping up or parked."""
        return self.filter(state__in=[State.ACTIVE, State.WRAP_UP, State.PARKED])

    def with_unread(self) -> Self:
        unread = (
            Message.objects.filter(interaction=OuterRef("pk"), kind="inbound", seq__gt=OuterRef("agent_read"))
            .order_by()
            .values("interaction")
            .annotate(n=Count("pk"))
            .values("n")
        )
        return self.annotate(unread=Coalesce(Subquery(unread), 0))


class Interaction(Splitting):
    State = State

    objects = InteractionQuerySet.as_manager()

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="interaction_state_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="interaction_channel_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["active", "wrap_up", "parked"]) | Q(agent__isnull=False),
                name="work_in_hand_has_an_agent",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["queued", "offered", "abandoned", "set_aside"]) | Q(agent=None),
                name="waiting_work_has_no_agent",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=["wrap_up", "closed", "abandoned", "spam", "set_aside"]) & Q(ended_at__isnull=False)
                )
                | (Q(state__in=OPEN) & Q(ended_at=None)),
                name="over_when_it_has_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state="wrap_up")
                | Q(wrap_up_until__isnull=False)
                | Q(wrap_up_mode__in=["mandatory", "optional"]),
                name="wrap_up_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(state="set_aside") ^ ~Q(set_aside_why=""), name="set_aside_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(holds_place=False) | Q(state__in=["active", "wrap_up", "parked"]),
                name="work_in_hand_holds_places",
            ),
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__range=(1, 5)), name="rating_is_1_to_5"),
            models.UniqueConstraint(
                fields=["visitor"],
                condition=Q(state__in=OPEN, visitor__isnull=False),
                name="one_open_conversation_per_visitor",
            ),
        ]
        indexes = [
            models.Index(
                fields=["queue", "channel", "-precedence", "place_at", "id"],
                condition=Q(state="queued"),
                name="the_waiting_line",
            ),
            models.Index(
                fields=["preferred_until"],
                condition=Q(state="queued", preferred_until__isnull=False),
                name="held_for_somebody",
            ),
            models.Index(
                fields=["returned_from"],
                condition=Q(state="queued", returned_from__isnull=False),
                name="work_to_take_back",
            ),
            models.Index(fields=["agent"], condition=Q(state__in=["active", "wrap_up", "parked"]), name="work_in_hand"),
            models.Index(
                fields=["arrived_at"],
                include=["queue", "state", "answered_at", "ended_at", "live", "estimated_wait"],
                name="arrivals_of_a_day",
            ),
            models.Index(
                fields=["queue", "live", "channel", "queued_at"],
                condition=Q(state="queued"),
                name="waiting_for_how_long",
            ),
            models.Index(fields=["queue", "ended_at"], condition=Q(state="set_aside"), name="work_set_aside"),
            models.Index(fields=["customer", "-arrived_at"], name="a_customers_history"),
            models.Index(fields=["agent"], condition=Q(agent__isnull=False), name="work_of_an_agent"),
            models.Index(fields=["visitor"], condition=Q(visitor__isnull=False), name="visits"),
            models.Index(fields=["previous"], condition=Q(previous__isnull=False), name="what_followed"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.pk}"

    @property
    def waited(self) -> timedelta:
        """From arrival to the first answer; still running while unanswered."""
        return (self.answered_at or self.ended_at or timezone.now()) - self.arrived_at


# Joined is only what never changes; see Work.moving.
Interaction.locked = Prepared(
    lambda pk: Interaction.objects.select_for_update(of=("self",), no_key=True).select_related("customer").filter(pk=pk)
)


class Segment(models.Model):
    """One agent's leg of an interaction; transfers link several."""

    class Ending(models.TextChoices):
        ENDED = "ended", _("Conversation ended")
        TRANSFERRED = "transferred", _("Transferred")
        PARKED = "parked", _("Parked")
        RETURNED = "returned", _("Returned to the queue")

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="segments")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="segments")
    queue = models.ForeignKey(Queue, models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    wrapped_up_at = models.DateTimeField(_("wrapped up at"), null=True, blank=True)
    ending = models.CharField(_("ending"), max_length=12, choices=Ending, blank=True)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        constraints = [
            models.UniqueConstraint(
                fields=["interaction"], condition=Q(ended_at=None), name="one_agent_at_a_time_per_interaction"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="")
                | (Q(ended_at__isnull=False, ended_at__gte=F("started_at")) & ~Q(ending="")),
                name="a_segment_ends_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["agent", "started_at"], name="segments_of_an_agent")]

    def __str__(self) -> str:
        return f"{self.interaction_id} {self.agent_id}"
