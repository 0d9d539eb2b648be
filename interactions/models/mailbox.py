"""How mail gets into an entry point: the address it is for, and, where we fetch it, from which server."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from contactcenter.sealed import SealedField
from interactions.models.entry_point import EntryPoint

REOPENED_WITHIN = timedelta(days=7)


def without_suffix(address: str) -> str:
    """`help+anything@example.com` is read by whoever reads `help@example.com`."""
    local, at, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


@dataclass(frozen=True)
class Reached:
    """Which mailbox an address leads to."""

    by_address: "dict[str, Mailbox]"

    def __call__(self, address: str) -> "Mailbox | None":
        return self.by_address.get(address.strip().lower()) or self.by_address.get(without_suffix(address))


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    def reached(self) -> "Reached":
        """The active mailboxes."""
        active = self.filter(active=True, entry_point__active=True).select_related("entry_point")
        return Reached({mailbox.address: mailbox for mailbox in active})

    def ours(self) -> Callable[[str], bool]:
        """Whether an address is one of ours, those of closed doors too; asks the database once."""
        ours = set(self.values_list("address", flat=True))
        return lambda address: address.strip().lower() in ours or without_suffix(address) in ours

    def fetched(self) -> "MailboxQuerySet":
        """Those whose mail nobody brings: we look for it on their server."""
        return self.filter(door=Mailbox.Door.IMAP, active=True, entry_point__active=True)


class Mailbox(models.Model):
    class Door(models.TextChoices):
        SMTP = "smtp", _("Brought to us (SMTP or LMTP)")
        IMAP = "imap", _("Fetched from a server (IMAP)")

    class Security(models.TextChoices):
        TLS = "tls", _("TLS")
        STARTTLS = "starttls", _("STARTTLS")
        NONE = "none", _("None: only within the house")

    entry_point = models.OneToOneField(
        EntryPoint, models.CASCADE, related_name="mailbox", verbose_name=_("entry point")
    )
    address = models.EmailField(
        _("address"), unique=True, help_text=_("What comes to address+anything@… is for it too.")
    )
    sender_name = models.CharField(
        _("sender's name"), max_length=120, blank=True, help_text=_("Stands before the address in mail we send.")
    )
    door = models.CharField(_("how mail comes"), max_length=4, choices=Door, default=Door.SMTP)
    active = models.BooleanField(_("active"), default=True)
    reopened_within = models.DurationField(
        _("an answer reopens closed work for"),
        default=REOPENED_WITHIN,
        help_text=_("Later ones open a new interaction that names the old one."),
    )
    authserv_id = models.CharField(
        _("server whose checks we believe"),
        max_length=255,
        blank=True,
        help_text=_("The first word of the Authentication-Results your own mail server adds; empty: none is believed."),
    )

    imap_host = models.CharField(_("server"), max_length=255, blank=True)
    imap_port = models.PositiveIntegerField(
        _("port"), default=993, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    imap_security = models.CharField(_("encryption"), max_length=8, choices=Security, default=Security.TLS)
    imap_user = models.CharField(_("user"), max_length=255, blank=True)
    imap_password = SealedField(_("password"), blank=True, editable=False)
    imap_folder = models.CharField(_("folder"), max_length=255, default="INBOX")
    imap_done_folder = models.CharField(
        _("move what was taken to"), max_length=255, blank=True, help_text=_("Empty: it is marked as read.")
    )
    oauth_token_url = models.URLField(_("token address"), blank=True, help_text=_("With OAuth2 no password is needed."))
    oauth_client_id = models.CharField(_("client id"), max_length=255, blank=True)
    oauth_client_secret = SealedField(_("client secret"), blank=True, editable=False)
    oauth_refresh_token = SealedField(_("refresh token"), blank=True, editable=False)

    uid_validity = models.BigIntegerField(_("numbering of the folder"), null=True, editable=False)
    last_uid = models.BigIntegerField(_("last number taken"), default=0, editable=False)
    looked_at = models.DateTimeField(_("last looked at"), null=True, editable=False)
    trouble = models.CharField(_("trouble"), max_length=300, blank=True, editable=False)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        ordering = ["address"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(door="imap") | ~models.Q(imap_host=""),
                name="fetched_mail_has_a_server",
                violation_error_message=_("Say from which server the mail is fetched."),
            ),
        ]

    def __str__(self) -> str:
        return self.address

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.address = self.address.strip().lower()
        super().save(*args, **kwargs)
