"""Texts that mail of ours carries by itself: signatures below what agents write, and the word that a mail has come."""

import string

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.models import Agent
from interactions.models.mailbox import Mailbox
from interactions.models.queue import Queue

ANY = [("", _("Any"))]


def _language() -> models.CharField:
    choices = [*ANY, *settings.LANGUAGES]
    return models.CharField(_("language"), max_length=10, blank=True, choices=choices)


class SignatureQuerySet(models.QuerySet["Signature"]):
    def text_for(self, queue: Queue, language: str, agent: Agent) -> str:
        """This queue's in the customer's language, or the nearest there is; empty without one."""
        fitting = self.filter(Q(queue=queue) | Q(queue=None), language__in=["", language])
        found = fitting.order_by(F("queue").asc(nulls_last=True), "-language").first()
        return found.filled_in(agent_name=str(agent), queue_name=queue.name) if found else ""


class Signature(models.Model):
    queue = models.ForeignKey(
        Queue,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="signatures",
        verbose_name=_("queue"),
        help_text=_("None: every queue without one of its own."),
    )
    language = _language()
    text = models.TextField(
        _("text"), max_length=2000, help_text=_("$agent_name and $queue_name are filled in; everything else stays.")
    )

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            models.UniqueConstraint(
                fields=["queue", "language"], name="one_signature_per_queue_and_language", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]

    def filled_in(self, **names: str) -> str:
        """In one pass: a name that looks like a variable stays a name."""
        return string.Template(self.text).safe_substitute(names).strip()


class Acknowledgement(models.Model):
    """Says to whoever begins something new that their mail has come; nothing of theirs is in it."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="acknowledgements", verbose_name=_("mailbox"))
    language = _language()
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), max_length=4000)

    class Meta:
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        constraints = [models.UniqueConstraint(fields=["mailbox", "language"], name="one_acknowledgement_per_language")]

    def __str__(self) -> str:
        return self.subject
