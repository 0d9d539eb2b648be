"""What a line that came or goes by mail is besides its text: the same for both directions."""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interactions.adapters.email.notes import NOTES
from interactions.adapters.email.ours import without_number
from interactions.models.message import Message

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST_ID = 500
MAILS_LOOKED_AT = 50  # of a thread, to say who is in it and under which subject it goes on
OF_NO_CONCERN = {"no_message_id", "bad_date", "header_cut", "unreadable"}  # the last one is the text itself


class EmailQuerySet(models.QuerySet["Email"]):
    def of_thread(self, interaction_id: int) -> Self:
        """The latest first, without their texts."""
        mails = self.filter(line__interaction=interaction_id).select_related("line").defer("text", "html")
        return mails.order_by("-line__seq")


class Email(models.Model):
    class Automatic(models.TextChoices):
        BOUNCE = "bounce", _("Bounce")
        AUTO_REPLY = "auto_reply", _("Automatic reply")
        LIST = "list", _("Mailing list")
        OWN = "own", _("From ourselves")

    class Kind(models.TextChoices):
        REPLY = "reply", _("Reply")
        REPLY_ALL = "reply_all", _("Reply to all")
        FORWARD = "forward", _("Forward")
        NEW = "new", _("New mail")
        ACKNOWLEDGEMENT = "ack", _("Acknowledgement")

    line = models.OneToOneField(Message, models.CASCADE, related_name="email", primary_key=True)
    raw = models.OneToOneField("interactions.RawMail", models.SET_NULL, null=True, blank=True, related_name="email")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, blank=True)  # of ours only
    message_id = models.CharField(_("Message-ID"), max_length=LONGEST_ID, blank=True)
    in_reply_to = models.CharField("In-Reply-To", max_length=LONGEST_ID, blank=True)
    references = ArrayField(models.CharField(max_length=LONGEST_ID), verbose_name="References", default=list)
    subject = models.CharField(_("subject"), max_length=1000, blank=True)
    subject_changed = models.BooleanField(_("the subject has changed"), default=False)
    from_name = models.CharField(_("sender's name"), max_length=200, blank=True)
    from_address = models.CharField(_("sender's address"), max_length=320, blank=True)
    reply_to = models.CharField("Reply-To", max_length=320, blank=True)
    to = ArrayField(models.CharField(max_length=320), verbose_name=_("to"), default=list)
    cc = ArrayField(models.CharField(max_length=320), verbose_name=_("copy"), default=list)
    bcc = ArrayField(models.CharField(max_length=320), verbose_name=_("blind copy"), default=list)
    text = models.TextField(_("whole text"), blank=True)
    html = models.TextField(_("formatted text"), blank=True)
    automatic = models.CharField(_("automatic"), max_length=12, choices=Automatic, blank=True)
    authentication = models.JSONField(_("checks of the receiving server"), default=dict)
    notes = ArrayField(models.CharField(max_length=40), verbose_name=_("what is wrong with it"), default=list)
    sender_verified = models.BooleanField(_("is the customer's address"), default=False)

    objects = EmailQuerySet.as_manager()

    class Meta:
        verbose_name = _("email")
        verbose_name_plural = _("emails")
        indexes = [models.Index(fields=["message_id"], condition=~Q(message_id=""), name="emails_by_message_id")]

    def __str__(self) -> str:
        return self.subject or self.from_address

    @property
    def addressed(self) -> list[str]:
        """Who stands in To, and our own mailbox as people know it; so for `copied`."""
        return [without_number(address) for address in self.to]

    @property
    def copied(self) -> list[str]:
        return [without_number(address) for address in self.cc]

    @property
    def remarks(self) -> "list[StrOrPromise]":
        """What whoever reads it should know that was cut or broken in it."""
        return [NOTES[code] for code in self.notes if code in NOTES and code not in OF_NO_CONCERN]
