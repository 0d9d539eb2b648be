"""Being really there: one lease per live desk connection, renewed by the web process that holds the socket."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LeaseQuerySet(models.QuerySet["Lease"]):
    def live(self, now: datetime | None = None) -> "LeaseQuerySet":
        return self.filter(expires_at__gt=now or timezone.now())

    def expired(self, now: datetime) -> "LeaseQuerySet":
        return self.filter(expires_at__lte=now)

    def renew(self, connections: list[UUID]) -> int:
        """Extend the leases of these connections in one statement; returns how many still were there."""
        return self.filter(connection__in=connections).update(expires_at=timezone.now() + settings.LEASE_LIFE)


class Lease(models.Model):
    agent = models.ForeignKey("agents.Agent", models.CASCADE, related_name="leases", verbose_name=_("agent"))
    connection = models.UUIDField(_("connection"), unique=True)
    device = models.CharField(_("device"), max_length=64, blank=True)
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires at"))

    objects = LeaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("presence lease")
        verbose_name_plural = _("presence leases")
        indexes = [models.Index(fields=["agent", "expires_at"], name="leases_of_an_agent")]

    def __str__(self) -> str:
        return f"{self.agent} ({self.device})"
