"""Someone who handles work: formal (at the centre) or informal (an employee who helps beside a day job).

Four things are kept apart: the *status* the person chose, which no machine ever overwrites; what the system *withheld*
(connection lost, offers missed); whether a desk is *really there* (leases); and the load per channel (capacities).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.channels import FULL, Channel
from agents.models.capacity import Capacity
from agents.models.person import Person, Team
from agents.models.presence import Lease
from contactcenter.realtime import push
from contactcenter.wakeup import wake_router


class AwayReason(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("reason for being away")
        verbose_name_plural = _("reasons for being away")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AgentQuerySet(models.QuerySet["Agent"]):
    def visible_to(self, person: Person) -> Self:
        """Administrators see everyone, supervisors their teams, agents themselves."""
        if person.is_administrator:
            return self
        if person.is_supervisor:
            return self.filter(Q(team__in=person.supervised_teams.all()) | Q(person=person))
        return self.filter(person=person)

    def active(self) -> Self:
        return self.filter(person__is_active=True)

    def present(self, now: datetime | None = None) -> Self:
        return self.filter(Exists(Lease.objects.live(now).filter(agent=OuterRef("pk"))))

    def absent(self, now: datetime | None = None) -> Self:
        return self.exclude(Exists(Lease.objects.live(now).filter(agent=OuterRef("pk"))))

    def ready(self, now: datetime | None = None) -> Self:
        """Those the router may ring, room left aside: available, not withheld, going nowhere, really there."""
        return self.filter(*self._readiness(now or timezone.now()).values())

    def with_missing(self, now: datetime | None = None) -> Self:
        """Each with the first thing that keeps the router from ringing them as `missing`; empty for the ready."""
        unmet = [When(~asked, then=Value(name)) for name, asked in self._readiness(now or timezone.now()).items()]
        return self.annotate(missing=Case(*unmet, default=Value("")))

    @staticmethod
    def _readiness(now: datetime) -> dict[str, Q]:
        there = Exists(Lease.objects.live(now).filter(agent=OuterRef("pk")))
        return {
            "disabled": Q(person__is_active=True),
            "status": Q(status=Agent.Status.AVAILABLE),
            "withheld": Q(withheld=""),
            "leaving": Q(next_status=""),
            "gone": Q(there, gone_since=None),  # also on the agent's own row, so that a lock looks at it anew
            "cooling": ~Q(cooling_until__gt=now) | Q(cooling_until=None),
        }


class Agent(models.Model):
    class Engagement(models.TextChoices):
        FORMAL = "formal", _("Agent")
        INFORMAL = "informal", _("Informal employee")

    class Status(models.TextChoices):
        OFFLINE = "offline", _("Offline")
        AVAILABLE = "available", _("Available")
        AWAY = "away", _("Away")

    class Withheld(models.TextChoices):
        DISCONNECTED = "disconnected", _("Connection lost")
        NOT_RESPONDING = "not_responding", _("Not responding")

    person = models.OneToOneField(Person, models.CASCADE, related_name="agent", verbose_name=_("person"))
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="agents", verbose_name=_("team")
    )
    engagement = models.CharField(_("engagement"), max_length=10, choices=Engagement, default=Engagement.FORMAL)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OFFLINE)
    away_reason = models.ForeignKey(
        AwayReason, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("away because of")
    )
    status_since = models.DateTimeField(_("in this status since"), default=timezone.now)
    next_status = models.CharField(_("next status"), max_length=10, choices=Status, blank=True)
    next_reason = models.ForeignKey(
        AwayReason, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("next reason")
    )
    withheld = models.CharField(_("withheld"), max_length=20, choices=Withheld, blank=True)
    withheld_since = models.DateTimeField(_("withheld since"), null=True, blank=True)
    gone_since = models.DateTimeField(_("no desk open since"), null=True, blank=True)
    idle_since = models.DateTimeField(_("idle since"), default=timezone.now)
    missed = models.PositiveSmallIntegerField(_("offers missed in a row"), default=0)
    units_in_use = models.PositiveSmallIntegerField(_("units in use"), default=0, editable=False)
    backup = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("back-up"),
        help_text=_("Rung when work waits for this agent and they are not there."),
    )
    cool_down = models.DurationField(
        _("cool-down"),
        default=timedelta(seconds=10),
        help_text=_("An informal employee who missed or declined is left alone for so long."),
    )
    cooling_until = models.DateTimeField(_("left alone until"), null=True, blank=True, editable=False)

    missing: str  # by with_missing

    objects = AgentQuerySet.as_manager()

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        ordering = ["person__name"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["offline", "available", "away"]), name="agent_status_known"),
            models.CheckConstraint(condition=Q(units_in_use__lte=FULL), name="units_never_exceed_100"),
            models.CheckConstraint(
                condition=Q(backup=None) | ~Q(backup=F("id")),
                name="nobody_is_their_own_backup",
                violation_error_message=_("Nobody is their own back-up."),
            ),
            models.CheckConstraint(
                condition=Q(next_status__in=["", "offline", "away"]), name="next_status_is_a_way_out"
            ),
            models.CheckConstraint(
                condition=Q(withheld="", withheld_since=None) | (~Q(withheld="") & Q(withheld_since__isnull=False)),
                name="withheld_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)

    @property
    def name(self) -> str:
        return str(self.person)

    @property
    def screen(self) -> str:
        """The group of this agent's open desks."""
        return f"agent-{self.pk}"

    @property
    def informal(self) -> bool:
        return self.engagement == self.Engagement.INFORMAL

    @property
    def available(self) -> bool:
        return self.status == self.Status.AVAILABLE and not self.withheld and not self.next_status

    @property
    def busy(self) -> bool:
        return self.capacities.filter(load__gt=0).exists()

    @property
    def voice(self) -> Capacity | None:
        """Their place for calls, if they take calls at all."""
        return self.capacities.filter(channel=Channel.VOICE, maximum__gt=0).first()

    @property
    def left_alone(self) -> bool:
        return self.cooling_until is not None and self.cooling_until > timezone.now()

    @property
    def shown_status(self) -> str:
        """What the wallboard and colleagues are told, in words."""
        if self.withheld:
            return str(self.Withheld(self.withheld).label)
        if self.status == self.Status.AWAY and self.away_reason:
            return str(self.away_reason)
        if self.left_alone and self.cooling_until:
            return gettext("Left alone until %(time)s") % {"time": f"{timezone.localtime(self.cooling_until):%H:%M:%S}"}
        return str(self.Status(self.status).label)

    def choose_status(self, status: str, reason: AwayReason | None = None, *, by: Person, why: str = "") -> None:
        """Take this status, or, with work in hand and leaving, finish that first (`next_status`) without new work.

        Choosing available also ends whatever the system withheld, and being left alone: the person has spoken.
        """
        reason = reason if status == self.Status.AWAY else None
        with self._changing(by=by, why=why):
            if status != self.Status.AVAILABLE and self.status == self.Status.AVAILABLE and self.busy:
                self.next_status, self.next_reason = status, reason
            else:
                self._enter(status, reason)

    def cancel_next_status(self, *, by: Person) -> None:
        with self._changing(by=by, why="next status cancelled"):
            self.next_status, self.next_reason = "", None

    def withhold(self, withheld: str, *, why: str) -> None:
        """Stop offering work without touching what the person chose; nothing to do unless available."""
        with self._changing(by=None, why=why):
            back = withheld == self.Withheld.DISCONNECTED and self.gone_since is None
            if self.status == self.Status.AVAILABLE and not self.withheld and not back:
                self.withheld, self.withheld_since = withheld, timezone.now()

    def finish_work(self, channel: str, *, worked: bool = True) -> None:
        """Give back one place; after real work the idle clock starts anew, and with the last one a next status begins.

        Locks are taken in the order interaction, agent, capacity, here as everywhere.
        """
        with self._changing(by=None, why="last work finished"):
            if worked:
                self.idle_since = timezone.now()
            self.units_in_use = Capacity.objects.release(self.pk, channel)
            if self.next_status and not self.busy:
                self._enter(self.next_status, self.next_reason)
        wake_router(agent=self.pk)

    def miss(self, limit: int) -> None:
        """One more offer missed in a row; at the limit no more are offered until the agent says available again."""
        with self._changing(by=None, why="missed too many offers in a row"):
            self.missed += 1
            if self.missed >= limit and self.status == self.Status.AVAILABLE and not self.withheld:
                self.withheld, self.withheld_since = self.Withheld.NOT_RESPONDING, timezone.now()

    def cool(self) -> None:
        """Leave them alone for as long as they wish: who helps beside other work need not answer every time."""
        with self._changing(by=None, why="left alone for a while"):
            self.cooling_until = timezone.now() + self.cool_down

    def ask_again(self) -> None:
        """They were left alone long enough."""
        with self._changing(by=None, why="left alone long enough"):
            if self.cooling_until and self.cooling_until <= timezone.now():
                self.cooling_until = None

    def open_lease(self, connection: UUID, device: str = "") -> bool:
        """A desk is open from now on; True when it is the first one (the agent just came back)."""
        with self._changing(by=None, why="desk opened"):
            first = not self.leases.live().exists()
            expires_at = timezone.now() + settings.LEASE_LIFE
            Lease.objects.create(agent=self, connection=connection, device=device[:64], expires_at=expires_at)
            self.gone_since = None
            if self.withheld == self.Withheld.DISCONNECTED:
                self.withheld, self.withheld_since = "", None
        return first

    def close_lease(self, connection: UUID | None = None) -> None:
        """This desk is gone (or, without a connection, all dead ones); with the last one routing stops at once."""
        with self._changing(by=None, why="last desk closed"):
            self.leases.filter(Q(connection=connection) | Q(expires_at__lte=timezone.now())).delete()
            if self.gone_since is None and not self.leases.exists():
                self.gone_since = timezone.now()

    def _enter(self, status: str, reason: AwayReason | None) -> None:
        if status == self.Status.OFFLINE:  # who comes back may sit elsewhere
            self.capacities.filter(channel=Channel.VOICE).update(phone_passed=None)
        self.status, self.away_reason, self.status_since = status, reason, timezone.now()
        self.next_status, self.next_reason = "", None
        self.withheld, self.withheld_since, self.missed = "", None, 0
        self.cooling_until = None

    @contextmanager
    def _changing(self, *, by: Person | None, why: str) -> Iterator[None]:
        """One guarded change: the row locked, read anew and saved; written down and shown when the standing differs."""
        # no_key: a row that names this agent (a message, an event) may be written meanwhile by another's transaction.
        # Joined is only what never changes: a statement that waited would see the new row beside the old reason.
        locked = Agent.objects.select_for_update(of=("self",), no_key=True).select_related("person")
        with transaction.atomic():
            self.refresh_from_db(from_queryset=locked)
            before = self._standing()
            yield
            self.save(force_update=True)
            if self._standing() == before:
                return
            self.status_changes.create(
                status=self.status,
                next_status=self.next_status,
                reason=str(self.away_reason or self.next_reason or ""),
                withheld=self.withheld,
                present=self.gone_since is None,
                by=by,
                why=why,
            )
            push(self.screen, {"type": "screen.refresh", "what": "status", "id": self.pk})
            wake_router(agent=self.pk)

    def _standing(self) -> tuple[Any, ...]:
        chosen = (self.status, self.away_reason_id, self.next_status, self.next_reason_id)
        return (*chosen, self.status_since, self.withheld, self.gone_since, self.cooling_until)
