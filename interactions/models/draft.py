"""What an agent has written and not sent; it waits on the server, so another device finds it too."""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent
from interactions.models.mailbox import Mailbox

if TYPE_CHECKING:
    from interactions.models.work import Work


class DraftQuerySet(models.QuerySet["Draft"]):
    def keep(self, interaction: "Work | None", agent: Agent, text: str, typed_at: int = 0, **head: Any) -> None:
        """Store the latest text, and of mail what stands above it, in one statement; nothing leaves nothing behind."""
        work = interaction.pk if interaction else None
        if text.strip() or any(head.values()):
            now = timezone.now()
            typed_at = typed_at or int(now.timestamp() * 1000)
            draft = Draft(interaction_id=work, agent=agent, text=text, saved_at=now, typed_at=typed_at, **head)
            Draft.objects.bulk_create(
                [draft],
                update_conflicts=True,
                unique_fields=["interaction", "agent"],
                update_fields=["text", "saved_at", "typed_at", *Draft.HEAD],
            )
        else:
            self.filter(interaction=work, agent=agent).delete()


def _addresses(name: Any) -> ArrayField:
    return ArrayField(models.CharField(max_length=320), verbose_name=name, default=list, blank=True)


class Draft(models.Model):
    HEAD = ("kind", "answers", "subject", "to", "cc", "bcc", "mailbox", "files")

    interaction = models.ForeignKey(
        "interactions.Interaction", models.CASCADE, related_name="drafts", null=True, help_text=_("None: of new mail.")
    )
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+")
    text = models.TextField(_("text"))
    saved_at = models.DateTimeField(_("saved at"), default=timezone.now)
    # In milliseconds of the writer's clock, which tells it from what their browser kept: what was on its way while they
    # typed on is saved later and is older all the same.
    typed_at = models.PositiveBigIntegerField(_("typed at"), default=0)

    # Of a mail; without a kind, whatever is proposed by then stands above it.
    kind = models.CharField(_("kind"), max_length=10, blank=True)
    answers = models.PositiveIntegerField(_("line that it answers"), default=0)
    subject = models.CharField(_("subject"), max_length=1000, blank=True)
    to = _addresses(_("to"))
    cc = _addresses(_("copy"))
    bcc = _addresses(_("blind copy"))
    mailbox = models.ForeignKey(Mailbox, models.CASCADE, null=True, related_name="+")  # that new mail comes from
    files = ArrayField(  # by their tokens: those of a mail that is forwarded or was taken back
        models.CharField(max_length=40), verbose_name=_("files"), default=list, blank=True
    )

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.UniqueConstraint(fields=["interaction", "agent"], name="one_draft_per_agent", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.text[:60]
