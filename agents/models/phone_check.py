"""Whether a call could be taken where an agent sits: what their page found out before they are offered calls."""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.channels import Channel
from agents.models.agent import Agent
from contactcenter.wakeup import wake_router

KEPT = 50  # of each agent


class PhoneCheckManager(models.Manager["PhoneCheck"]):
    def record(self, agent: Agent, troubles: Sequence[str], **about: Any) -> "PhoneCheck":
        """From now on they are offered calls, or are not."""
        with transaction.atomic():
            check = self.create(agent=agent, troubles=list(troubles), **about)
            agent.capacities.filter(channel=Channel.VOICE).update(phone_passed=check.passed)
            newest = self.filter(agent=agent).order_by("-pk").values("pk")[:KEPT]
            self.filter(agent=agent).exclude(pk__in=newest).delete()
            wake_router(agent=agent.pk)
        return check


class PhoneCheck(models.Model):
    class Trouble(models.TextChoices):
        DENIED = "denied", _("The browser does not let the page use the microphone")
        NO_MICROPHONE = "no_microphone", _("No microphone was found")
        BUSY = "busy", _("The microphone could not be opened")
        SILENT = "silent", _("The microphone gives no sound at all")
        NO_OUTPUT = "no_output", _("No loudspeaker or headset was found")
        NO_NETWORK = "no_network", _("The network offers no way for sound")
        NO_RELAY = "no_relay", _("The relay for sound (TURN) does not answer")
        NO_SOCKET = "no_socket", _("The live connection to the server does not open")
        SLOW = "slow", _("The server answers too slowly for a call")

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="phone_checks", verbose_name=_("agent"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    device = models.CharField(_("device"), max_length=120, blank=True)
    microphone = models.CharField(_("microphone"), max_length=120, blank=True)
    round_trip = models.PositiveIntegerField(_("round trip (ms)"), null=True, blank=True)
    troubles = ArrayField(models.CharField(max_length=16, choices=Trouble), verbose_name=_("troubles"), default=list)

    objects = PhoneCheckManager()

    class Meta:
        verbose_name = _("check of a phone")
        verbose_name_plural = _("checks of phones")

    def __str__(self) -> str:
        return f"{self.agent} {self.at:%F %T}"

    @property
    def passed(self) -> bool:
        return not self.troubles

    @property
    def said(self) -> list[str]:
        """What is wrong, in words."""
        return [str(self.Trouble(trouble).label) for trouble in self.troubles]
