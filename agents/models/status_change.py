from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class StatusChange(models.Model):
    """One line of an agent's day: what the person chose or the system withheld, who did it and why. Append-only."""

    agent = models.ForeignKey("agents.Agent", models.CASCADE, related_name="status_changes", verbose_name=_("agent"))
    status = models.CharField(_("status"), max_length=10)
    next_status = models.CharField(_("next status"), max_length=10, blank=True)
    reason = models.CharField(_("reason"), max_length=80, blank=True)
    withheld = models.CharField(_("withheld"), max_length=20, blank=True)
    present = models.BooleanField(_("desk open"), default=True)
    by = models.ForeignKey("agents.Person", models.SET_NULL, null=True, blank=True, verbose_name=_("by"))
    why = models.CharField(_("why"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("status change")
        verbose_name_plural = _("status changes")
        indexes = [models.Index(fields=["agent", "at"], name="status_changes_of_an_agent")]

    def __str__(self) -> str:
        return f"{self.agent}: {self.status} {self.reason}".strip()
