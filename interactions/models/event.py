"""The ledger: what happened to an interaction, who did it, when and why. Append-only; every report is read from it.

Whoever writes an event holds the interaction, and what they name is there; the database does not look it up again for
each of four columns, which would cost as much as writing all else of an offer. `check_invariants` does.
"""

from typing import Any

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents import reasons
from agents.models import Agent, Person

NAMES_ONLY: Any = {"db_index": False, "db_constraint": False}


class Event(models.Model):
    class What(models.TextChoices):
        ARRIVED = "arrived", _("Arrived")
        OFFERED = "offered", _("Offered")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        TIMED_OUT = "timed_out", _("Missed")
        RESCINDED = "rescinded", _("Offer withdrawn")
        TRANSFERRED = "transferred", _("Transferred")
        PARKED = "parked", _("Parked")
        WOKEN = "woken", _("Woken")
        RETURNED = "returned", _("Returned to the queue")
        TAKEN_BACK = "taken_back", _("Taken back")
        ABANDONED = "abandoned", _("Abandoned")
        REJOINED = "rejoined", _("Customer came back")
        ENDED = "ended", _("Conversation ended")
        WRAPPED_UP = "wrapped_up", _("Wrapped up")
        RATED = "rated", _("Rated")
        OVERFLOWED = "overflowed", _("Overflowed")
        SET_ASIDE = "set_aside", _("Set aside")
        REQUEUED = "requeued", _("Put back in line")
        INTERRUPTED = "interrupted", _("Interrupted")
        RESUMED = "resumed", _("Resumed")
        EXTENDED = "extended", _("Wrap-up extended")
        REOPENED = "reopened", _("Reopened")
        MARKED_SPAM = "marked_spam", _("Taken for spam")
        COMPOSED = "composed", _("Begun by an agent")
        MAILED = "mailed", _("Mail written")
        UNSENT = "unsent", _("Mail taken back")
        SPLIT = "split", _("Mail split off")
        UNDELIVERED = "undelivered", _("Could not be delivered")

    interaction = models.ForeignKey("interactions.Interaction", models.CASCADE, related_name="events", **NAMES_ONLY)
    seq = models.PositiveIntegerField(_("number"))
    what = models.CharField(_("what"), max_length=20, choices=What)
    queue = models.ForeignKey("interactions.Queue", models.SET_NULL, null=True, related_name="+", **NAMES_ONLY)
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+", **NAMES_ONLY)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"), **NAMES_ONLY)
    why = models.CharField(_("why"), max_length=300, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["interaction", "seq"]
        constraints = [models.UniqueConstraint(fields=["interaction", "seq"], name="one_event_per_number")]
        indexes = [BrinIndex(fields=["at"], autosummarize=True, name="events_by_day")]  # they come in the order of time

    def __str__(self) -> str:
        return f"{self.interaction_id}.{self.seq} {self.what}"

    @property
    def because(self) -> str:
        """Why, in the viewer's language."""
        return reasons.shown(self.why)
