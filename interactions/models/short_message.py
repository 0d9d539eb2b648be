"""What a line that came or goes by SMS or WhatsApp is besides its words."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interactions.models.message import Message
from interactions.models.number import Number
from interactions.models.whatsapp_template import WhatsAppTemplate


class ShortMessage(models.Model):
    """Every message that came is one row, known by its sid: brought twice, it is the same one.

    Without a line: a STOP, START or HELP that was no work for anybody.
    """

    line = models.OneToOneField(Message, models.CASCADE, null=True, blank=True, related_name="short_message")
    sid = models.CharField("SID", max_length=34, null=True, blank=True, unique=True)
    number = models.ForeignKey(Number, models.PROTECT, related_name="+", verbose_name=_("our number"))
    address = models.CharField(_("their number"), max_length=64)
    whatsapp = models.BooleanField("WhatsApp", default=False)
    segments = models.PositiveSmallIntegerField(_("segments"), default=1)
    at = models.DateTimeField(_("at"), default=timezone.now)

    template = models.ForeignKey(
        WhatsAppTemplate, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    values = models.JSONField(_("values of the template"), default=dict, blank=True)

    # Files that came with it and are still at Twilio's: their addresses and the types they are said to have.
    files = models.JSONField(_("files to fetch"), default=list, blank=True)
    fetch_at = models.DateTimeField(_("fetch them at"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("times tried"), default=0)
    trouble = models.CharField(_("trouble"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("short message")
        verbose_name_plural = _("short messages")
        indexes = [
            models.Index(fields=["fetch_at"], condition=Q(fetch_at__isnull=False), name="files_to_fetch"),
            models.Index(fields=["address", "-at"], condition=Q(sid__isnull=False), name="what_a_number_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.address}"
