"""Mail as it came, kept before anybody reads it, and what became of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interactions.models.entry_point import EntryPoint
from interactions.models.interaction import Interaction


class RawMailQuerySet(models.QuerySet["RawMail"]):
    def light(self) -> "RawMailQuerySet":
        """Without the bytes, of which there may be fifty million."""
        return self.defer("raw")


class RawMail(models.Model):
    """One mail for one entry point, byte for byte. Committed before it is read, so that no bug can lose it."""

    class Door(models.TextChoices):
        SMTP = "smtp", _("SMTP")
        IMAP = "imap", _("IMAP")
        COMMAND = "command", _("Command")
        HOOK = "hook", _("Webhook")

    class State(models.TextChoices):
        STORED = "stored", _("Not yet read")
        DONE = "done", _("Read")
        FAILED = "failed", _("Could not be read")

    class Action(models.TextChoices):
        CREATED = "created", _("Opened an interaction")
        THREADED = "threaded", _("Went on with one")
        DUPLICATE = "duplicate", _("Known already")
        BOUNCE = "bounce", _("Bounce")
        AUTO_REPLY = "auto_reply", _("Automatic reply")
        SPAM = "spam", _("Spam")
        QUARANTINED = "quarantined", _("Set apart")

    entry_point = models.ForeignKey(EntryPoint, models.PROTECT, related_name="+", verbose_name=_("entry point"))
    door = models.CharField(_("door"), max_length=8, choices=Door)
    raw = models.BinaryField(_("source"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    envelope_from = models.CharField(_("envelope sender"), max_length=320, blank=True)
    envelope_to = ArrayField(models.CharField(max_length=320), verbose_name=_("envelope recipients"), default=list)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)

    state = models.CharField(_("state"), max_length=8, choices=State, default=State.STORED)
    tries = models.PositiveSmallIntegerField(_("times tried"), default=1)
    tried_at = models.DateTimeField(_("last tried at"), default=timezone.now)
    action = models.CharField(_("what came of it"), max_length=12, choices=Action, blank=True)
    why = models.CharField(_("why"), max_length=300, blank=True)
    identity = models.CharField(_("known by"), max_length=64, null=True, blank=True, editable=False)  # noqa: DJ001
    sender = models.CharField(_("from"), max_length=320, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    interaction = models.ForeignKey(
        Interaction, models.SET_NULL, null=True, blank=True, related_name="raw_mails", verbose_name=_("interaction")
    )

    objects = RawMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints = [
            # Nothing but this makes the same mail, brought twice at the same moment, one piece of work.
            models.UniqueConstraint(fields=["entry_point", "identity"], name="one_mail_per_identity"),
            models.CheckConstraint(
                condition=Q(state="stored", action="") | (~Q(state="stored") & ~Q(action="")),
                name="a_mail_that_was_read_became_something",
            ),
        ]
        indexes = [
            models.Index(fields=["tried_at"], condition=Q(state="stored"), name="mail_not_yet_read"),
            models.Index(fields=["entry_point", "sender", "received_at"], name="mails_of_a_sender"),
            models.Index(fields=["-received_at"], name="mails_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.sender} {self.subject}".strip()
