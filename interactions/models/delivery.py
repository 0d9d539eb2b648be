"""The outbox: how far a line has come that leaves the house by somebody else's server, whatever the channel.

It is stored with its line and sent later, so nothing is lost with a worker, a server or all of Valkey: whatever is
underway has a moment when it is looked at again. Each move is one guarded UPDATE that another one wins or loses.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents import reasons
from interactions.models.message import Message

SEND_WITHIN = timedelta(seconds=120)  # then a worker gives the attempt up
CLAIM_LASTS = timedelta(seconds=180)  # so a claim older than this is nobody's
QUEUED_AGAIN_AFTER = timedelta(seconds=30)  # Valkey may have lost the job
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
MOST_TRIES = 30  # with these pauses, a day

TAKE_DUE = """
    update interactions_delivery set queued_at = %(now)s where line_id in (
        select line_id from interactions_delivery
        where state in ('pending', 'sending') and due_at <= %(now)s and (queued_at is null or queued_at <= %(lost)s)
        order by due_at limit %(most)s for update skip locked
    ) returning line_id
"""


class State(models.TextChoices):
    PENDING = "pending", _("Waits")  # to sending, withdrawn
    SENDING = "sending", _("Being sent")  # to sent, failed, pending (tried again later), bounced (a very quick one)
    SENT = "sent", _("Sent")  # to delivered, read, bounced
    DELIVERED = "delivered", _("Delivered")  # to read, bounced
    READ = "read", _("Read")
    FAILED = "failed", _("Not sent")
    BOUNCED = "bounced", _("Came back")  # from sending, sent, delivered
    WITHDRAWN = "withdrawn", _("Taken back")


UNDERWAY = [State.PENDING, State.SENDING]
OUT = [State.SENT, State.DELIVERED, State.READ]  # in this order, never back
NEVER_ARRIVED = [State.FAILED, State.BOUNCED, State.WITHDRAWN]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> Self:
        """To be sent by now, and those whose worker is gone."""
        return self.filter(state__in=UNDERWAY, due_at__lte=now)

    def take_due(self, at_most: int) -> list[int]:
        """Those to give a job to, each once in a while; costs a probe of a small index when there are none."""
        now = timezone.now()
        with connection.cursor() as cursor:
            cursor.execute(TAKE_DUE, {"now": now, "lost": now - QUEUED_AGAIN_AFTER, "most": at_most})
            return [pk for (pk,) in cursor.fetchall()]

    def claim(self, pk: int) -> "Delivery | None":
        """Mine to send, or None: somebody else's, taken back, or not due yet."""
        now = timezone.now()
        claimed = self.due(now).filter(pk=pk)
        if not claimed.update(
            state=State.SENDING,
            claimed_at=now,
            due_at=now + CLAIM_LASTS,
            queued_at=None,
            tries=F("tries") + 1,
        ):
            return None
        return self.select_related("line__interaction__agent__person", "line__agent").get(pk=pk)


class Delivery(models.Model):
    State = State

    line = models.OneToOneField(Message, models.CASCADE, related_name="delivery", primary_key=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    due_at = models.DateTimeField(_("looked at again at"), null=True)  # the end of the undo, a pause, or of a claim
    tries = models.PositiveSmallIntegerField(_("times tried"), default=0)
    queued_at = models.DateTimeField(_("given to a worker at"), null=True)
    claimed_at = models.DateTimeField(_("claimed at"), null=True)
    about_to_send_at = models.DateTimeField(_("handed over at"), null=True)  # what follows may have reached the server
    answer = models.CharField(_("what the server said"), max_length=500, blank=True)
    reached = ArrayField(models.CharField(max_length=320), verbose_name=_("accepted for"), default=list)
    refused = models.JSONField(_("refused for"), default=dict)  # by address, what the server said
    provider_id = models.CharField(_("known elsewhere as"), max_length=200, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="delivery_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=UNDERWAY, due_at__isnull=False) | (~Q(state__in=UNDERWAY) & Q(due_at=None)),
                name="what_is_underway_is_looked_at_again",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claimed_at__isnull=False, tries__gt=0), name="sent_by_somebody"
            ),
            models.CheckConstraint(condition=~Q(state__in=OUT) | Q(sent_at__isnull=False), name="what_is_out_was_sent"),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "bounced"]) | ~Q(answer=""), name="what_did_not_arrive_says_why"
            ),
            models.UniqueConstraint(
                fields=["provider_id"], condition=~Q(provider_id=""), name="one_delivery_per_provider_id"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state__in=UNDERWAY), name="deliveries_underway")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.state}"

    def about_to_send(self) -> None:
        """Said just before the last byte goes: from here on, a worker that dies leaves it open whether it arrived."""
        self.about_to_send_at = timezone.now()
        self._moves([State.SENDING], about_to_send_at=self.about_to_send_at)

    def note_recipients(self, reached: Iterable[str], refused: Mapping[str, str]) -> None:
        """Whoever has it, or never will, is left out of the next attempt."""
        self._moves([State.SENDING], reached=[*self.reached, *reached], refused={**self.refused, **refused})

    def mark_sent(self, *, provider_id: str = "", answer: str = "") -> bool:
        """The server has it; whether it was still to be sent."""
        known = provider_id or self.provider_id
        now = timezone.now()
        return self._enter(State.SENT, UNDERWAY, sent_at=now, answer=answer[:500], due_at=None, provider_id=known)

    def defer(self, answer: str, *, until: datetime | None = None) -> bool:
        """Not now: tried again after a pause that grows, or then; waiting for a set moment is no try."""
        due_at, tries = (until, max(self.tries - 1, 0)) if until else (timezone.now() + self._pause(), self.tries)
        return self._enter(State.PENDING, [State.SENDING], due_at=due_at, answer=answer[:500], tries=tries)

    def fail(self, answer: str) -> bool:
        """Never: the server's own words say why."""
        return self._enter(State.FAILED, UNDERWAY, due_at=None, answer=answer[:500] or "?")

    def note_delay(self, answer: str) -> bool:
        """A server on the way still tries; nothing is lost yet."""
        return self._moves([State.SENT], answer=answer[:500])

    def bounce(self, answer: str) -> bool:
        """It came back; a server may be quicker than our own note that it was sent."""
        out = [State.SENDING, State.SENT, State.DELIVERED]
        return self._enter(State.BOUNCED, out, due_at=None, answer=answer[:500] or "?")

    def withdraw(self) -> bool:
        """Taken back by its writer before anybody began to send it."""
        now = timezone.now()
        untouched = Q(tries=0, due_at__gt=now)
        return self._enter(State.WITHDRAWN, [State.PENDING], untouched, due_at=None)

    def advance(self, state: str) -> bool:
        """News of the provider, in whatever order it comes: only ever on."""
        rank = OUT.index(State(state))
        sent_at = self.sent_at or timezone.now()
        return self._enter(state, [State.SENDING, *OUT[:rank]], sent_at=sent_at, due_at=None)

    @property
    def because(self) -> str:
        """What the server said, or a word of our own in the viewer's language."""
        return reasons.shown(self.answer)

    @property
    def can_be_withdrawn(self) -> bool:
        """Nobody has begun to send it, as `withdraw` will see."""
        return (
            self.state == State.PENDING and not self.tries and self.due_at is not None and self.due_at > timezone.now()
        )

    @property
    def exhausted(self) -> bool:
        return self.tries >= MOST_TRIES

    def _pause(self) -> timedelta:
        return min(FIRST_PAUSE * 2 ** min(self.tries - 1, 20), LONGEST_PAUSE)

    def _enter(self, state: str, from_: Iterable[str], also: Q | None = None, **changes: object) -> bool:
        return self._moves(from_, also, state=state, **changes)

    def _moves(self, from_: Iterable[str], also: Q | None = None, **changes: object) -> bool:
        """One guarded move; whether it was ours to make."""
        guarded = Delivery.objects.filter(also or Q(), pk=self.pk, state__in=from_)
        if not guarded.update(**changes):
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        return True
