"""Every state the routing rules were in: who changed them when and why, and what they said."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Person


class RulesVersion(models.Model):
    """The rules as they stood from then on. Append-only; a roll-back is a new version with the old content."""

    at = models.DateTimeField(_("since"), default=timezone.now, db_index=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    note = models.CharField(_("what was changed"), max_length=300, blank=True)
    rules = models.JSONField(_("rules"))
    restores = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("rolls back to")
    )

    class Meta:
        verbose_name = _("version of the rules")
        verbose_name_plural = _("versions of the rules")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"
