"""What an agent has written and not sent; it waits on the server, so another device finds it too."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent

if TYPE_CHECKING:
    from interactions.models.work import Work


class DraftQuerySet(models.QuerySet["Draft"]):
    def keep(self, interaction: "Work", agent: Agent, text: str) -> None:
        """Store the latest text in one statement; an empty one leaves nothing behind."""
        if text.strip():
            draft = Draft(interaction_id=interaction.pk, agent=agent, text=text, saved_at=timezone.now())
            Draft.objects.bulk_create(
                [draft],
                update_conflicts=True,
                unique_fields=["interaction", "agent"],
                update_fields=["text", "saved_at"],
            )
        else:
            self.filter(interaction=interaction.pk, agent=agent).delete()


class Draft(models.Model):
    interaction = models.ForeignKey("interactions.Interaction", models.CASCADE, related_name="drafts")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+")
    text = models.TextField(_("text"))
    saved_at = models.DateTimeField(_("saved at"), default=timezone.now)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [models.UniqueConstraint(fields=["interaction", "agent"], name="one_draft_per_agent")]

    def __str__(self) -> str:
        return self.text[:60]
