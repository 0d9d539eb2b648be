"""What was recorded of a call: a segment per agent and page, kept as it came in, second by second."""

import base64
import secrets
from datetime import timedelta
from pathlib import PurePath
from typing import Self

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Person
from interactions import broadcasts
from interactions.models.call import Call, CallLeg
from interactions.models.interaction import Interaction


def recording_path() -> str:
    """A name of ours alone, which tells nothing and cannot be guessed."""
    return f"recordings/{secrets.token_urlsafe(24)}.webm"


class RecordingQuerySet(models.QuerySet["Recording"]):
    def visible_to(self, person: Person) -> Self:
        """Whoever may see the interaction may hear it."""
        return self.filter(call__interaction__in=Interaction.objects.visible_to(person))

    def heard(self) -> Self:
        """Those with something in them."""
        return self.exclude(bytes=0)


class Recording(models.Model):
    class State(models.TextChoices):
        RECORDING = "recording", _("Recording")
        PAUSED = "paused", _("Paused")
        STOPPED = "stopped", _("Stopped")  # all is there, and is still to be joined
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    call = models.ForeignKey(Call, models.CASCADE, related_name="recordings")
    leg = models.ForeignKey(CallLeg, models.CASCADE, related_name="recordings")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RECORDING)
    sid = models.CharField(_("the provider's name for it"), max_length=64, blank=True)
    path = models.CharField(_("file"), max_length=200, default=recording_path, unique=True)
    page = models.PositiveIntegerField(_("page that recorded it"), default=0)
    chunks = models.PositiveIntegerField(_("pieces that came in"), default=0)
    bytes = models.PositiveBigIntegerField(_("size"), default=0)
    channels = models.PositiveSmallIntegerField(_("channels"), default=2)
    duration = models.DurationField(_("duration"), null=True, blank=True)
    waveform = models.BinaryField(_("how loud it is"), default=b"", editable=False)  # see adapters/voice/waveform.py
    trouble = models.CharField(_("what went wrong"), max_length=300, blank=True)
    asked_at = models.DateTimeField(_("to be joined, asked at"), null=True, blank=True)
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    last_at = models.DateTimeField(_("last piece at"), default=timezone.now)

    objects = RecordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["leg"], condition=Q(state__in=["recording", "paused"]), name="one_recording_at_a_time_per_leg"
            ),
            models.UniqueConstraint(
                fields=["leg", "page"], condition=Q(sid=""), name="one_recording_per_page_of_a_leg"
            ),
            models.UniqueConstraint(fields=["sid"], condition=~Q(sid=""), name="one_recording_per_provider_sid"),
            models.CheckConstraint(
                condition=Q(state__in=["recording", "paused", "stopped", "done", "failed"]),
                name="recording_state_known",
            ),
            models.CheckConstraint(condition=Q(last_at__gte=F("started_at")), name="a_recording_runs_forward"),
        ]
        indexes = [
            models.Index(fields=["last_at"], condition=Q(state="stopped"), name="recordings_to_join"),
            models.Index(fields=["started_at"], name="recordings_by_age"),
        ]

    call_id: int
    leg_id: int

    def __str__(self) -> str:
        return f"{self.call_id}.{self.pk} {self.state}"

    def finish(self, **values: object) -> bool:
        """Nothing comes any more, and it can be heard, or what went wrong is known; False: somebody else was first."""
        with transaction.atomic():
            stopped = Recording.objects.filter(pk=self.pk, state=self.State.STOPPED)
            if not stopped.update(**{"state": self.State.DONE} | values):
                return False
            broadcasts.recorded(self)
        return True

    @property
    def ending(self) -> str:
        """Of its file's name: what a page records is WebM, what Twilio records is MP3."""
        return PurePath(self.path).suffix

    @property
    def drawn(self) -> str:
        """Its waveform as a page takes it: base64, the agent's channel first."""
        return base64.b64encode(self.waveform).decode()

    @property
    def lasts(self) -> timedelta:
        """By its file; until that is known, roughly by its pieces of a second each."""
        return self.duration or timedelta(seconds=self.chunks)
