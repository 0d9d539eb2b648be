"""The channels work comes in on, and what is usual for an agent on each."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    VOICE = "voice", _("Voice")
    CHAT = "chat", _("Chat")
    EMAIL = "email", _("Email")
    SMS = "sms", _("SMS")
    WHATSAPP = "whatsapp", _("WhatsApp")


MOST = 50  # at once on one channel
FULL = 100  # units of attention an agent has in all
UNITS = {Channel.VOICE: 100, Channel.CHAT: 33, Channel.EMAIL: 20, Channel.SMS: 20, Channel.WHATSAPP: 20}
INTERRUPTED_BY = {Channel.EMAIL: [Channel.VOICE]}
USUAL = {Channel.VOICE: 1, Channel.CHAT: 3, Channel.EMAIL: 5, Channel.SMS: 3, Channel.WHATSAPP: 3}
