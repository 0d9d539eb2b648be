"""What was said, in order, and the files that came with it."""

import secrets
from dataclasses import dataclass
from pathlib import PurePath

from django.core.files.base import File
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from agents.models import Agent


class MessageQuerySet(models.QuerySet["Message"]):
    def public(self) -> "MessageQuerySet":
        """What the customer may see."""
        return self.exclude(kind=Message.Kind.NOTE)

    def answers(self) -> "MessageQuerySet":
        """What answers the customer: not what went to others only, was taken back or never arrived."""
        elsewhere = Q(email__kind="forward") | Q(delivery__state__in=["withdrawn", "failed", "bounced"])
        return self.filter(kind=Message.Kind.OUTBOUND).exclude(elsewhere)

    def after(self, seq: int) -> "MessageQuerySet":
        return self.filter(seq__gt=seq)


class Message(models.Model):
    class Kind(models.TextChoices):
        INBOUND = "inbound", _("From the customer")
        OUTBOUND = "outbound", _("To the customer")
        NOTE = "note", _("Internal note")
        SYSTEM = "system", _("Notice")

    class Notice(models.TextChoices):
        """What a system line is about; one with a text says it in the customer's language, as it was told to them."""

        JOINED = "joined", _("joined the conversation")
        TRANSFERRED = "transferred", _("is being asked to take over")
        WAITING = "waiting", _("waits for a colleague")
        ENDED = "ended", _("ended the conversation")
        LEFT = "left", _("left")
        BUSY = "busy", _("was told that all are busy")
        NOBODY = "nobody", _("was told that nobody is at work")
        CLOSED = "closed", _("was told that we are closed")
        EMERGENCY = "emergency", _("was told of the emergency")
        CALL_BACK = "call_back", _("was asked for a number to call back")
        MOVED = "moved", _("split this mail off")  # its text is the number of the work it is in now
        WILL_CALL = "will_call", _("was told that we call back")
        ACKNOWLEDGED = "acknowledged", _("was told that the mail has come")
        CALLED = "called", _("began a call")
        CALL_OVER = "call_over", _("is no longer on the phone")

    interaction = models.ForeignKey("interactions.Interaction", models.CASCADE, related_name="messages")
    seq = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    notice = models.CharField(_("notice"), max_length=12, choices=Notice, blank=True)
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.TextField(_("text"), blank=True)
    client_id = models.CharField(_("sender's id"), max_length=64, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    due_at = models.DateTimeField(_("was to be said by"), null=True, editable=False)  # an answer to what was left

    drawn = ""  # its bubble on the desk, once somebody has drawn it

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["interaction", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["interaction", "seq"], name="one_message_per_number"),
            models.UniqueConstraint(
                fields=["interaction", "kind", "client_id"],
                condition=~Q(client_id=""),
                name="a_retry_is_no_second_message",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["inbound", "outbound", "note", "system"]), name="message_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["at"], condition=Q(due_at__isnull=False), name="replies_by_time")]

    def __str__(self) -> str:
        return f"{self.interaction_id}.{self.seq} {self.kind}"

    @cached_property
    def files(self) -> "list[Attachment]":
        return list(self.attachments.all())


@dataclass(frozen=True)
class Upload:
    """A file that was checked at the door: our name for it, the type its content has, its size in bytes."""

    file: File
    name: str
    content_type: str
    size: int
    content_id: str = ""  # by which the mail's formatted text shows it


def new_token() -> str:
    return secrets.token_urlsafe(24)


def attachment_path(attachment: "Attachment", _name: str) -> str:
    """Stored under a name of ours alone: nothing of the sender's name reaches the disk."""
    return str(PurePath("attachments", attachment.token[:2], attachment.token))


class Attachment(models.Model):
    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments")
    token = models.CharField(_("token"), max_length=40, unique=True, default=new_token)
    file = models.FileField(_("file"), upload_to=attachment_path, max_length=200)
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    content_id = models.CharField("Content-ID", max_length=200, blank=True)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.content_type in ("image/png", "image/jpeg", "image/gif", "image/webp")
