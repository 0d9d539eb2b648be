"""What an interaction is: its fields, its row lock and its ledger. The verbs are in conversation.py and journey.py."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.errors import StaleState
from agents.models import Agent, Channel, Person, Team
from contactcenter.prepared import Prepared
from interactions.models.customer import Customer, Visitor
from interactions.models.entry_point import EntryPoint
from interactions.models.event import Event
from interactions.models.hours import business_due
from interactions.models.outcome import Disposition
from interactions.models.queue import Queue, WrapUp
from interactions.models.states import OPEN, State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


_agents = Prepared(lambda pk: Agent.objects.select_related("person").filter(pk=pk))


class Work(models.Model):
    """The fields, and what lets them be changed safely: the row lock, and numbers without holes in commit order.

    Every move writes to every index of the row, so foreign keys nobody searches by have none (`db_index=False`).

    Messages and events share one counter. It is given under the lock, so a reader who resumes "after number n"
    misses nothing (a global id cannot promise that: a lower one can commit later).
    """

    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.QUEUED)
    live = models.BooleanField(
        _("live"), default=True, help_text=_("No: a message was left, nobody waits on the line.")
    )
    entry_point = models.ForeignKey(
        EntryPoint, models.PROTECT, null=True, blank=True, related_name="interactions", db_index=False
    )
    queue = models.ForeignKey(
        Queue, models.PROTECT, related_name="interactions", verbose_name=_("queue"), db_index=False
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="interactions", verbose_name=_("customer"), db_index=False
    )
    visitor = models.ForeignKey(
        Visitor, models.SET_NULL, null=True, blank=True, related_name="interactions", db_index=False
    )
    agent = models.ForeignKey(
        Agent,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="interactions",
        verbose_name=_("agent"),
        db_index=False,
    )
    previous = models.ForeignKey(
        "interactions.Interaction", models.SET_NULL, null=True, blank=True, related_name="following", db_index=False
    )
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    priority = models.SmallIntegerField(_("priority"), default=0)

    arrived_at = models.DateTimeField(_("arrived at"), default=timezone.now)
    queued_at = models.DateTimeField(_("in this queue since"), default=timezone.now)
    place_from = models.DateTimeField(_("place counts from"), default=timezone.now)
    place_at = models.DateTimeField(_("place in line"), default=timezone.now)
    precedence = models.SmallIntegerField(
        _("precedence"),
        default=0,
        help_text=_("The priority, where the queue is strict; work of a higher one goes first."),
    )
    estimated_wait = models.DurationField(_("wait estimated at arrival"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    wrap_up_until = models.DateTimeField(_("wrap-up until"), null=True, blank=True)
    wrap_up_mode = models.CharField(_("wrap-up"), max_length=10, choices=WrapUp, blank=True)
    wrap_up_requested = models.BooleanField(_("wrap-up asked for"), default=False)
    wrap_up_extensions = models.PositiveSmallIntegerField(_("times extended"), default=0)
    holds_place = models.BooleanField(_("takes a place of its agent"), default=False, editable=False)
    on_call = models.BooleanField(_("on the phone"), default=False, editable=False)
    interrupted_since = models.DateTimeField(_("interrupted since"), null=True, blank=True)
    held_for = models.DurationField(_("was on hold for"), default=timedelta(0))
    parked_until = models.DateTimeField(_("parked until"), null=True, blank=True)

    preferred_agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    preferred_until = models.DateTimeField(_("preferred until"), null=True, blank=True)
    preferred_team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    returned_from = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)

    disposition = models.ForeignKey(
        Disposition, models.SET_NULL, null=True, blank=True, related_name="interactions", db_index=False
    )
    disposition_note = models.TextField(_("wrap-up note"), max_length=4000, blank=True)
    call_back = models.CharField(_("number to call back"), max_length=32, blank=True)
    set_aside_why = models.CharField(_("set aside because"), max_length=300, blank=True)
    rating = models.PositiveSmallIntegerField(_("rating"), null=True, blank=True)
    rating_comment = models.TextField(_("comment"), max_length=2000, blank=True)

    last_seq = models.PositiveIntegerField(_("last number"), default=0, editable=False)
    last_line = models.PositiveIntegerField(_("number of the last line"), default=0, editable=False)
    last_public_line = models.PositiveIntegerField(_("last line the customer sees"), default=0, editable=False)
    agent_read = models.PositiveIntegerField(_("read by the agent up to"), default=0, editable=False)
    customer_received = models.PositiveIntegerField(_("received by the customer up to"), default=0, editable=False)
    customer_read = models.PositiveIntegerField(_("read by the customer up to"), default=0, editable=False)
    unanswered_since = models.DateTimeField(_("customer waits for a reply since"), null=True, blank=True)
    reply_due_at = models.DateTimeField(_("reply due at"), null=True, blank=True)  # by business hours; not while live
    replied_at = models.DateTimeField(_("first reply at"), null=True, blank=True)

    _prefetched_objects_cache: dict[str, Any]
    locked: ClassVar[Prepared[Any]]  # by pk, under its lock
    messages: Any
    events: Any
    segments: Any
    offers: Any
    exclusions: Any

    class Meta:
        abstract = True

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def handler(self) -> Agent:
        """Who has it; only asked where the database promises that somebody has."""
        assert self.agent is not None
        return self.agent

    @contextmanager
    def moving(self, *states: str, refusal: "StrOrPromise" = "") -> Iterator[None]:
        """Hold the row's lock, see it as it is now, refuse unless in one of these states; save what was changed.

        Joined is only what never changes: a statement that waited for the lock sees the new row beside the old queue
        and agent, or no row at all. Those are read afterwards: the agent here, since every move shows it to them, the
        queue by whoever asks.
        """
        with transaction.atomic():
            self._become(type(self).locked.get(self.pk))
            if self.agent_id:
                self.agent = _agents.get(self.agent_id)
            if states and self.state not in states:
                raise StaleState(refusal or _("This conversation has moved on."))
            with self._changing():
                yield

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Save what was changed; its row is locked, or so new that nobody else sees it yet."""
        before = self._columns()
        yield
        if self.unanswered_since != before["unanswered_since"]:
            self.reply_due_at = self._reply_due()
        if changed := [name for name, value in self._columns().items() if value != before[name]]:
            self.save(update_fields=changed)
            self._moved(before)

    def _reply_due(self) -> datetime | None:
        """By when whoever left a message is to hear from us."""
        if self.live or self.unanswered_since is None:
            return None
        hours = (self.queue.hours, self.entry_point.hours if self.entry_point else None)
        return business_due(self.unanswered_since, self.queue.reply_within, hours)

    def _moved(self, before: dict[str, Any]) -> None:
        """What follows from a move once it is in the row, within the same transaction."""

    def _become(self, now: Self) -> None:
        """Have the values and the customer of another reading of the same row, and nothing else that was read."""
        for field in self._meta.concrete_fields:
            setattr(self, field.attname, getattr(now, field.attname))
        self._state.fields_cache, self._prefetched_objects_cache = {}, {}
        self.customer = now.customer
        self._state.db, self._state.adding = now._state.db, False

    def _columns(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.attname) for field in self._meta.concrete_fields}

    def next_seq(self) -> int:
        self.last_seq += 1
        return self.last_seq

    def record(
        self, what: str, *, agent: Agent | None = None, by: Person | None = None, why: str = "", queue: Any = None
    ) -> Event:
        """Write down what happened; `by` is the person who did it, nobody when a timer or the customer did."""
        return Event.objects.create(
            interaction_id=self.pk,
            seq=self.next_seq(),
            what=what,
            queue_id=queue.pk if queue else self.queue_id,
            agent=agent,
            by=by,
            why=why[:300],
        )
