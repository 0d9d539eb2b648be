"""A call: what is spoken in an interaction, who is on the line, and every thing that happened there.

waiting -> connecting -> talking <-> held -> ended
           back to waiting: passed on, or returned because its agent's page stayed away
           connecting again: its agent's page is gone and may come back

An interaction may be spoken in more than once (a chat becomes a call and a chat again), but never twice at a time.
Whatever changes a call holds the lock of its interaction's row. What a provider calls things stays with its adapter;
it may keep its own name for the room and for a leg in `sid`.
"""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Channel, Person
from contactcenter.prepared import Prepared
from interactions.calls.audibility import Party

if TYPE_CHECKING:
    from interactions.models.interaction import Interaction


def new_peer() -> str:
    return secrets.token_urlsafe(12)


class CallQuerySet(models.QuerySet["Call"]):
    def live(self) -> Self:
        return self.exclude(state=Call.State.ENDED)


class Call(models.Model):
    class Provider(models.TextChoices):
        BROWSER = "browser", _("Browser")
        TWILIO = "twilio", _("Twilio")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CONNECTING = "connecting", _("Connecting")
        TALKING = "talking", _("Talking")
        HELD = "held", _("On hold")
        ENDED = "ended", _("Ended")

    interaction = models.ForeignKey("interactions.Interaction", models.CASCADE, related_name="calls")
    provider = models.CharField(_("provider"), max_length=10, choices=Provider)
    sid = models.CharField(_("the provider's name for it"), max_length=64, blank=True)
    room = models.CharField(_("the provider's name of the room"), max_length=64, blank=True)
    number = models.ForeignKey(
        "interactions.Number",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("our number"),
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    was = models.CharField(
        _("channel before"), max_length=10, choices=Channel, blank=True, help_text=_("Empty: it began as a call.")
    )
    consented = models.BooleanField(_("may be recorded"), default=False)
    recording_paused = models.BooleanField(_("recording is paused"), default=False)
    began_at = models.DateTimeField(_("began at"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        constraints = [
            models.UniqueConstraint(
                fields=["interaction"], condition=~Q(state="ended"), name="one_live_call_per_interaction"
            ),
            models.UniqueConstraint(fields=["provider", "sid"], condition=~Q(sid=""), name="one_call_per_provider_sid"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "connecting", "talking", "held", "ended"]), name="call_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) | (~Q(state="ended") & Q(ended_at=None)),
                name="a_call_that_ended_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["talking", "held"]) | Q(answered_at__isnull=False),
                name="who_talks_has_been_answered",
            ),
        ]

    interaction_id: int

    def __str__(self) -> str:
        return f"{self.interaction_id} {self.state}"

    @property
    def live(self) -> bool:
        return self.state != self.State.ENDED

    @property
    def screen(self) -> str:
        """The group of every page that takes part."""
        return f"call-{self.pk}"


class CallLegQuerySet(models.QuerySet["CallLeg"]):
    def live(self) -> Self:
        return self.exclude(state=CallLeg.State.LEFT)

    def overdue(self, now: datetime) -> Self:
        """Away for longer than was waited for."""
        return self.live().filter(back_by__lte=now)


class CallLeg(models.Model):
    """Somebody on the line, or asked to come to it. Their page may be gone and come back: it is then another `page`."""

    class Role(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        AGENT = "agent", _("Agent")
        SUPERVISOR = "supervisor", _("Supervisor")
        THIRD = "third", _("Somebody else")

    class State(models.TextChoices):
        JOINING = "joining", _("Asked to join")
        JOINED = "joined", _("On the line")
        LEFT = "left", _("Left")

    class Mode(models.TextChoices):
        """How a supervisor takes part."""

        MONITOR = "monitor", _("Listening")
        WHISPER = "whisper", _("Whispering")
        BARGE = "barge", _("Talking along")

    call = models.ForeignKey(Call, models.CASCADE, related_name="legs")
    role = models.CharField(_("role"), max_length=10, choices=Role)
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="call_legs")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    peer = models.CharField(_("name among the others"), max_length=32, unique=True, default=new_peer)
    sid = models.CharField(_("the provider's name for it"), max_length=64, blank=True)
    number = models.CharField(_("telephone"), max_length=32, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.JOINING)
    page = models.PositiveIntegerField(_("times joined"), default=0)
    muted = models.BooleanField(_("muted"), default=False)
    held = models.BooleanField(_("on hold"), default=False)
    consulted = models.BooleanField(_("asked in private"), default=False)
    mode = models.CharField(_("takes part by"), max_length=8, choices=Mode, blank=True)
    via = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="coaches", db_index=False)
    holds_place = models.BooleanField(_("takes a place of its agent"), default=False, editable=False)
    carried = models.JSONField(_("what the provider is known to do"), default=dict, blank=True, editable=False)
    back_by = models.DateTimeField(_("waited for until"), null=True, blank=True)
    joined_at = models.DateTimeField(_("joined at"), null=True, blank=True)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    why = models.CharField(_("why"), max_length=120, blank=True)

    objects = CallLegQuerySet.as_manager()

    class Meta:
        verbose_name = _("leg of a call")
        verbose_name_plural = _("legs of calls")
        constraints = [
            models.UniqueConstraint(
                fields=["call"], condition=Q(role="customer") & ~Q(state="left"), name="one_customer_on_the_line"
            ),
            models.UniqueConstraint(
                fields=["call", "agent"],
                condition=Q(agent__isnull=False) & ~Q(state="left"),
                name="an_agent_once_on_the_line",
            ),
            models.UniqueConstraint(fields=["call", "sid"], condition=~Q(sid=""), name="one_leg_per_provider_sid"),
            models.CheckConstraint(
                condition=Q(state__in=["joining", "joined", "left"])
                & Q(role__in=["customer", "agent", "supervisor", "third"]),
                name="leg_state_and_role_known",
            ),
            models.CheckConstraint(
                condition=~Q(role="agent") | Q(agent__isnull=False), name="an_agents_leg_names_the_agent"
            ),
            models.CheckConstraint(
                condition=(Q(role="supervisor") & ~Q(mode="")) | (~Q(role="supervisor") & Q(mode="")),
                name="only_supervisors_take_part_by_a_mode",
            ),
            models.CheckConstraint(
                condition=Q(state="left", left_at__isnull=False, back_by=None) | (~Q(state="left") & Q(left_at=None)),
                name="who_left_is_not_waited_for",
            ),
            models.CheckConstraint(
                condition=Q(holds_place=False) | Q(role="agent", state="joined"),
                name="colleagues_on_the_line_hold_places",
            ),
        ]
        indexes = [
            models.Index(fields=["back_by"], condition=Q(back_by__isnull=False), name="legs_waited_for"),
            models.Index(fields=["agent"], condition=~Q(state="left"), name="agents_on_the_line"),
        ]

    call_id: int
    agent_id: int | None
    via_id: int | None

    def __str__(self) -> str:
        return f"{self.call_id} {self.role} {self.state}"

    @property
    def screen(self) -> str:
        """The group of this leg's own page."""
        return f"leg-{self.peer}"

    @property
    def there(self) -> bool:
        """On the line, with a page that is not being waited for."""
        return self.state == self.State.JOINED and self.back_by is None

    @property
    def handler(self) -> Agent:
        """Only asked of an agent's leg, which the database promises to name one."""
        assert self.agent is not None
        return self.agent

    @property
    def name(self) -> str:
        """What the others call them."""
        if self.agent:
            return self.agent.person.get_short_name()
        return self.person.get_short_name() if self.person else ""

    def as_party(self) -> Party:
        return Party(
            peer=self.peer,
            role=self.role,
            muted=self.muted,
            held=self.held,
            consulted=self.consulted,
            mode=self.mode,
            via=self.via.peer if self.via else "",
            since=self.joined_at.timestamp() if self.joined_at else 0.0,
        )


class CallEvent(models.Model):
    """What happened on the line, once each: a provider that tells the same thing twice is heard once."""

    class What(models.TextChoices):
        BEGAN = "began", _("The call began")
        DIALLED = "dialled", _("Number dialled")
        JOINED = "joined", _("Joined")
        LOST = "lost", _("Connection lost")
        BACK = "back", _("Came back")
        LEFT = "left", _("Left")
        HELD = "held", _("Put on hold")
        RETRIEVED = "retrieved", _("Taken off hold")
        MUTED = "muted", _("Muted")
        UNMUTED = "unmuted", _("Unmuted")
        DIGITS = "digits", _("Keys pressed")
        CONSULTED = "consulted", _("Colleague asked")
        MERGED = "merged", _("Conference")
        HANDED_OVER = "handed_over", _("Handed over")
        SUPERVISED = "supervised", _("Supervisor")
        RECORDING = "recording", _("Recording")
        REFUSED = "refused", _("Refused")
        QUALITY = "quality", _("Quality")
        PLAYED = "played", _("Recording played")
        ENDED = "ended", _("The call ended")

    call = models.ForeignKey(Call, models.CASCADE, related_name="events")
    what = models.CharField(_("what"), max_length=12, choices=What)
    leg = models.ForeignKey(CallLeg, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    why = models.CharField(_("why"), max_length=300, blank=True)
    provider = models.CharField(_("told by"), max_length=10, choices=Call.Provider, blank=True)
    key = models.CharField(_("the provider's key"), max_length=160, blank=True)
    number = models.PositiveIntegerField(_("the provider's number"), null=True, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("event of a call")
        verbose_name_plural = _("events of calls")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "key"], condition=~Q(key=""), name="one_event_per_provider_key")
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.what}"

    call_id: int


def live_call(interaction: "Interaction") -> Call | None:
    """The call that is going on in it."""
    return _live.first(interaction.pk)


_live = Prepared(lambda pk: Call.objects.live().filter(interaction=pk))


def on_the_line(call_id: int) -> list[CallLeg]:
    """Who is on the line or asked to it, with their names."""
    return _on_the_line.all(call_id)


_on_the_line = Prepared(
    lambda call: (
        CallLeg.objects.live().filter(call=call).select_related("agent__person", "person", "via").order_by("pk")
    )
)
