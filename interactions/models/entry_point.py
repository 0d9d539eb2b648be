"""Where customers come in: a chat widget, later a mailbox or a number. Decides queue, look and questions."""

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.models import Channel
from interactions.models.hours import Hours
from interactions.models.queue import HEAVIEST, WEIGHTS, Queue

PRECHAT_TYPES = ("text", "email", "tel", "textarea")


def new_key() -> str:
    return secrets.token_urlsafe(9)


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def default_prechat() -> list[dict[str, Any]]:
    return [
        {"name": "name", "label": "Your name", "type": "text", "required": True},
        {"name": "email", "label": "Email", "type": "email", "required": False},
    ]


def check_prechat(fields: Any) -> None:
    if not isinstance(fields, list) or len(fields) > 10:
        raise ValidationError(_("A list of at most ten fields."))
    for field in fields:
        if not isinstance(field, dict) or not {"name", "label", "type"} <= field.keys():
            raise ValidationError(_("Each field needs a name, a label and a type."))
        if field["type"] not in PRECHAT_TYPES:
            raise ValidationError(_("A field's type is one of: %s") % ", ".join(PRECHAT_TYPES))


def check_origin(origin: str) -> None:
    RegexValidator(r"^https?://[a-z0-9.-]+(:\d+)?$", _("An origin looks like https://www.example.com"))(origin)


class EntryPoint(models.Model):
    name = models.CharField(_("name"), max_length=120, unique=True)
    key = models.SlugField(_("key"), max_length=40, unique=True, default=new_key)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.CHAT)
    queue = models.ForeignKey(Queue, models.PROTECT, related_name="entry_points", verbose_name=_("queue"))
    active = models.BooleanField(_("active"), default=True)
    priority = models.SmallIntegerField(
        _("priority"), default=0, validators=WEIGHTS, help_text=_("Added to the queue's.")
    )
    hours = models.ForeignKey(
        Hours,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business hours"),
        help_text=_("Besides those of the queue."),
    )
    title = models.CharField(_("title"), max_length=80, default="Chat with us")
    greeting = models.CharField(_("greeting"), max_length=300, blank=True, default="How can we help?")
    accent = models.CharField(
        _("colour"),
        max_length=7,
        default="#2d5bd7",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("A colour looks like #2d5bd7"))],
    )
    prechat = models.JSONField(
        _("questions before the chat"), default=default_prechat, blank=True, validators=[check_prechat]
    )
    allowed_origins = ArrayField(
        models.CharField(max_length=200, validators=[check_origin]),
        verbose_name=_("allowed origins"),
        default=list,
        blank=True,
        help_text=_("Sites that may embed the chat, e.g. https://www.example.com; our own hosted page always may."),
    )
    languages = ArrayField(
        models.CharField(max_length=10, choices=settings.LANGUAGES),
        verbose_name=_("languages"),
        default=list,
        blank=True,
        help_text=_("Empty: all we have."),
    )
    calls = models.BooleanField(
        _("customers may call"), default=False, help_text=_("From the page they chat on, with their microphone.")
    )
    secret = models.CharField(
        _("secret"),
        max_length=64,
        default=new_secret,
        help_text=_("Your site signs a customer's id with it (HMAC-SHA256), so that we can believe who it is."),
    )

    class Meta:
        verbose_name = _("entry point")
        verbose_name_plural = _("entry points")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(priority__range=(-HEAVIEST, HEAVIEST)),
                name="an_entry_point_weighs_what_a_line_can_hold",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def open_at(self, moment: datetime) -> bool:
        return (self.hours is None or self.hours.open_at(moment)) and self.queue.open_at(moment)
