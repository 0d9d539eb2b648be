"""An interaction ringing at one agent; and whom it should not ring at for a while."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, Exists, Q, Value, When
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

    def accepting(self, now: datetime) -> Self:
        """Those that open by themselves now, while they still ring."""
        return self.pending().filter(accepts_at__lte=now, expires_at__gt=now)

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
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="offers", db_index=False)
    # Of the interaction as it was then; a queue that work has been in is not deleted.
    queue = models.ForeignKey(
        "interactions.Queue", models.SET_NULL, null=True, related_name="+", db_index=False, db_constraint=False
    )
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

    @property
    def accepts_after(self) -> timedelta | None:
        return self.accepts_at - self.offered_at if self.accepts_at else None

    def accept(self, *, by_itself: bool = False) -> "Interaction":
        """The agent takes it, or it opens by itself where the queue wants that: the conversation begins.

        Who accepts first has it; wherever else it rings it stops.
        """
        interaction = self.interaction
        with interaction.moving(interaction.State.OFFERED, refusal=_("This offer is no longer yours.")):
            if by_itself:
                self._still_wanted()
            self._win(interaction)
            interaction.begin(self.agent)
            by, why = (None, "by itself") if by_itself else (self.agent.person, "")
            interaction.record(Event.What.ACCEPTED, agent=self.agent, by=by, why=why)
            broadcasts.offer_over(self)
            if by_itself:
                broadcasts.opened_by_itself(self.agent, interaction.pk)
        return interaction

    def decline(self, *, reason: str = "") -> None:
        """Not now; it rings elsewhere first. An informal employee is left alone for a while."""
        self._give_back(self.State.DECLINED, Event.What.DECLINED, why=reason, by=self.agent.person)

    def time_out(self) -> None:
        """Nobody answered in time; after the queue's limit of misses in a row an agent counts as not responding.

        An informal employee has other work to do: they are left alone for a while, and asked again.
        """
        self._give_back(self.State.TIMED_OUT, Event.What.TIMED_OUT)

    def rescind(self, *, why: str) -> None:
        """Take the offer back through no fault of the agent: they left, or the customer did."""
        self._give_back(self.State.RESCINDED, Event.What.RESCINDED, why=why)

    def withdraw(self, *, why: str) -> None:
        """Stop ringing, called within a move of the interaction."""
        self._end(self.State.RESCINDED, reason=why)
        self._stopped(why)

    def _win(self, interaction: "Interaction") -> None:
        """This offer is accepted and the others are over, in one statement, which everybody else comes after."""
        now, why = timezone.now(), "somebody else has it"
        this = Q(pk=self.pk)
        ringing = interaction.offers.pending().filter(Exists(Offer.objects.pending().filter(this)))
        ended = ringing.update(
            state=Case(When(this, then=Value(self.State.ACCEPTED)), default=Value(self.State.RESCINDED)),
            reason=Case(When(this, then=Value("")), default=Value(why)),
            ended_at=now,
        )
        if not ended:
            raise StaleState(_("This offer is no longer yours."))
        self.state, self.ended_at = self.State.ACCEPTED, now
        if ended > 1:
            others = interaction.offers.filter(ended_at=now).exclude(this).select_related("agent__person")
            _lock_agents([self.agent_id, *(other.agent_id for other in others)])
            for other in others:
                other._stopped(why)
        if self.agent.missed:
            Agent.objects.filter(pk=self.agent_id).update(missed=0)

    def _stopped(self, why: str) -> None:
        self.interaction.record(Event.What.RESCINDED, agent=self.agent, why=why)
        self.agent.finish_work(self.interaction.channel, worked=False)
        broadcasts.offer_over(self)
        broadcasts.offer_withdrawn(self.agent, self.interaction, why)

    def _still_wanted(self) -> None:
        """Nobody is given work by itself who has just left."""
        _lock_agents([self.agent_id])
        if not Agent.objects.ready().filter(pk=self.agent_id).exists():
            raise StaleState(_("The agent is not ready any more."))

    def _give_back(self, state: str, what: str, *, why: str = "", by: Person | None = None) -> None:
        """The interaction returns to the line with its age and place, unless it rings at somebody else as well."""
        interaction = self.interaction
        with interaction.moving(interaction.State.OFFERED, refusal=_("This offer is no longer yours.")):
            self._end(state, reason=why)
            interaction.record(what, agent=self.agent, by=by, why=why)
            queue = interaction.queue
            if state != self.State.RESCINDED:
                interaction.exclude(self.agent, timezone.now() + queue.excluded_for)
                if self.agent.informal:
                    self.agent.cool()
                elif state == self.State.TIMED_OUT:
                    self.agent.miss(queue.miss_limit)
            self.agent.finish_work(interaction.channel, worked=False)
            if not interaction.offers.pending().exists():
                interaction.state = interaction.State.QUEUED
                wake_router(queue=interaction.queue_id)
            broadcasts.offer_over(self)

    def _end(self, state: str, reason: str = "") -> None:
        ended = Offer.objects.filter(pk=self.pk, state=self.State.PENDING).update(
            state=state, ended_at=timezone.now(), reason=reason[:200]
        )
        if not ended:
            raise StaleState(_("This offer is no longer yours."))
        self.state = state


def _lock_agents(pks: list[int]) -> None:
    """In the order of their ids, as everywhere."""
    agents = Agent.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")
    list(agents.values_list("pk"))


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
