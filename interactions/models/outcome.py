"""What agents choose from: outcome codes at the wrap-up, and replies written once."""

import string
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interactions.models.queue import Queue


class ForQueueQuerySet[M: models.Model](models.QuerySet[M]):
    def for_queue(self, queue: Queue | None) -> Self:
        """Those of this queue and those of every queue."""
        return self.filter(Q(queues=None) | Q(queues=queue), active=True).distinct()


class Disposition(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    queues = models.ManyToManyField(Queue, blank=True, verbose_name=_("queues"), help_text=_("None: every queue."))
    active = models.BooleanField(_("active"), default=True)

    objects = ForQueueQuerySet["Disposition"].as_manager()

    class Meta:
        verbose_name = _("disposition")
        verbose_name_plural = _("dispositions")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class CannedReply(models.Model):
    shortcut = models.SlugField(_("shortcut"), max_length=40, unique=True, help_text=_("Typed after a slash."))
    text = models.TextField(
        _("text"),
        max_length=4000,
        help_text=_("$customer_name, $agent_name and $queue_name are filled in."),
    )
    language = models.CharField(_("language"), max_length=10, blank=True)
    queues = models.ManyToManyField(Queue, blank=True, verbose_name=_("queues"), help_text=_("None: every queue."))
    active = models.BooleanField(_("active"), default=True)

    objects = ForQueueQuerySet["CannedReply"].as_manager()

    class Meta:
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        ordering = ["shortcut"]

    def __str__(self) -> str:
        return f"/{self.shortcut}"

    def filled_in(self, **names: str) -> str:
        """The text with its variables filled in; an unknown one stays as written."""
        return string.Template(self.text).safe_substitute(names)
