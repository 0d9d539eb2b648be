"""An interaction ringing at one agent; and whom it should not ring at for a while."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.errors import StaleState
from agents.models import Agent, Person
from contactcenter.wakeup import wake_router
from interactions import broadcasts
from interactions.models.event import Event

if TYPE_CHECKING:
    from interactions.models.interaction import Interaction


class OfferQuerySet(models.QuerySet["Offer"]):
    def pending(self) -> Self:
        return self.filter(state=Offer.State.PENDING)

    def due(self, now: datetime) -> Self:
        return self.pending().filter(expires_at__lte=now)

    def to_nobody_there(self, now: datetime) -> Self:
        """Ringing at somebody who is no longer ready for work."""
        return self.pending().exclude(agent__in=Agent.objects.ready(now))


class Offer(models.Model):
    class State(models.TextChoices):
        PENDING = "pending", _("Ringing")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        TIMED_OUT = "timed_out", _("Missed")
        RESCINDED = "rescinded", _("Withdrawn")

    interaction = models.ForeignKey("interactions.Interaction", models.CASCADE, related_name="offers")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="offers")
    queue = models.ForeignKey("interactions.Queue", models.SET_NULL, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    offered_at = models.DateTimeField(_("offered at"), default=timezone.now)
    expires_at = models.DateTimeField(_("rings until"))
    accepts_at = models.DateTimeField(_("accepted by itself at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            models.UniqueConstraint(
                fields=["interaction", "agent"],
                condition=Q(state="pending"),
                name="one_pending_offer_per_interaction_and_agent",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", ended_at=None)
                | (Q(state__in=["accepted", "declined", "timed_out", "rescinded"]) & Q(ended_at__isnull=False)),
                name="an_offer_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["agent"], condition=Q(state="pending"), name="offers_ringing_at_an_agent"),
            models.Index(fields=["expires_at"], condition=Q(state="pending"), name="offers_by_expiry"),
            models.Index(
                fields=["accepts_at"],
                condition=Q(state="pending", accepts_at__isnull=False),
                name="offers_that_accept_themselves",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.interaction_id} → {self.agent_id} {self.state}"

    @property
    def rings_for(self) -> timedelta:
        return self.expires_at - self.offered_at

    def accept(self) -> "Interaction":
        """The agent takes it: the conversation begins."""
        interaction = self.interaction
        with interaction.moving(interaction.State.OFFERED, refusal=_("This offer is no longer yours.")):
            self._end(self.State.ACCEPTED)
            Agent.objects.filter(pk=self.agent_id, missed__gt=0).update(missed=0)
            interaction.begin(self.agent)
            interaction.record(Event.What.ACCEPTED, agent=self.agent, by=self.agent.person)
            broadcasts.offer_over(self)
        return interaction

    def decline(self, *, reason: str = "") -> None:
        self._give_back(self.State.DECLINED, Event.What.DECLINED, why=reason, by=self.agent.person)

    def time_out(self) -> None:
        """Nobody answered in time; after the queue's limit of misses in a row an agent counts as not responding."""
        self._give_back(self.State.TIMED_OUT, Event.What.TIMED_OUT)

    def rescind(self, *, why: str) -> None:
        """Take the offer back through no fault of the agent: they left, or the customer did."""
        self._give_back(self.State.RESCINDED, Event.What.RESCINDED, why=why)

    def withdraw(self, *, why: str) -> None:
        """Stop ringing, called within a move of the interaction."""
        self._end(self.State.RESCINDED, reason=why)
        self.interaction.record(Event.What.RESCINDED, agent=self.agent, why=why)
        self.agent.finish_work(self.interaction.channel, worked=False)
        broadcasts.offer_over(self)

    def _give_back(self, state: str, what: str, *, why: str = "", by: Person | None = None) -> None:
        """The interaction returns to the line with its age and place."""
        interaction = self.interaction
        with interaction.moving(interaction.State.OFFERED, refusal=_("This offer is no longer yours.")):
            self._end(state, reason=why)
            interaction.state = interaction.State.QUEUED
            interaction.record(what, agent=self.agent, by=by, why=why)
            queue = interaction.queue
            if state != self.State.RESCINDED:
                interaction.exclude(self.agent, timezone.now() + queue.excluded_for)
            if state == self.State.TIMED_OUT and not self.agent.informal:
                self.agent.miss(queue.miss_limit)
            self.agent.finish_work(interaction.channel, worked=False)
            wake_router(queue=interaction.queue_id)
            broadcasts.offer_over(self)

    def _end(self, state: str, reason: str = "") -> None:
        ended = Offer.objects.filter(pk=self.pk, state=self.State.PENDING).update(
            state=state, ended_at=timezone.now(), reason=reason[:200]
        )
        if not ended:
            raise StaleState(_("This offer is no longer yours."))
        self.state = state


class Exclusion(models.Model):
    """Not offered to this agent again until then: declined, missed, or transferred away by them."""

    interaction = models.ForeignKey("interactions.Interaction", models.CASCADE, related_name="exclusions")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+")
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("exclusion")
        verbose_name_plural = _("exclusions")
        constraints = [models.UniqueConstraint(fields=["interaction", "agent"], name="one_exclusion_per_agent")]

    def __str__(self) -> str:
        return f"{self.interaction_id} ✕ {self.agent_id}"
