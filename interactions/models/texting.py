"""SMS and WhatsApp from the house: who may still be written to, and a line that goes out by the outbox."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import Agent, Channel
from interactions import outbox
from interactions.adapters.twilio.segments import count
from interactions.models.correspondence import Correspondence
from interactions.models.customer import Address
from interactions.models.delivery import Delivery
from interactions.models.message import Message, Upload
from interactions.models.number import Number
from interactions.models.short_message import ShortMessage
from interactions.models.whatsapp_template import WhatsAppTemplate

WINDOW = timedelta(hours=24)  # WhatsApp's: then only templates are delivered
KINDS = {Channel.SMS: Address.Kind.PHONE, Channel.WHATSAPP: Address.Kind.WHATSAPP}
TEXTS = tuple(KINDS)
MOST_FILES = 1  # of a WhatsApp message; an SMS takes none in most of the world


@dataclass(frozen=True)
class Line:
    """The way to a customer by text: from which number of ours, to which of theirs, and what stands in it."""

    number: Number
    address: str
    opted_out: bool
    window_until: datetime | None  # None: there is no window on this channel, or it never opened
    channel: Channel

    @property
    def open(self) -> bool:
        """Whether anything but a template gets there."""
        return self.channel == Channel.SMS or bool(self.window_until and self.window_until > timezone.now())

    def refusal(self, *, template: bool = False) -> str:
        """Why nothing can be sent, in a sentence; empty when it can."""
        if self.opted_out:
            return _("The customer wrote STOP: nothing can be sent until they write START.")
        if not template and not self.open:
            return _("More than 24 hours have passed since the customer wrote: WhatsApp delivers only templates now.")
        return ""


class Texting(Correspondence):
    class Meta(Correspondence.Meta):
        abstract = True

    def text(
        self,
        agent: Agent,
        words: str,
        *,
        template: WhatsAppTemplate | None = None,
        values: dict[str, str] | None = None,
        client_id: str = "",
        files: Iterable[Upload] = (),
    ) -> Message:
        """A message by the agent who has the work, or a template with its blanks filled in.

        The same client id again is the same message. ValidationError with a sentence when it cannot be sent.
        """
        files = list(files)
        with self.moving():
            if said := self._already_said(Message.Kind.OUTBOUND, client_id):
                return said
            self._goes_on_with(agent)
            line = self.text_line()
            if line is None:
                raise ValidationError(_("There is no number to answer this from."))
            if refusal := line.refusal(template=template is not None):
                raise ValidationError(refusal)
            if files and (self.channel == Channel.SMS or len(files) > MOST_FILES):
                raise ValidationError(_("An SMS takes no files, and a WhatsApp message one."))
            if template:
                words = template.filled(values or {})
            message = self._add(Message.Kind.OUTBOUND, words, agent=agent, client_id=client_id, files=files)
            ShortMessage.objects.create(
                line=message,
                number=line.number,
                address=line.address,
                segments=count(words).segments if self.channel == Channel.SMS else 1,
                template=template,
                values=values or {},
            )
            Delivery.objects.create(line=message, due_at=message.at)
            outbox.enqueue(message.pk)
            self.unanswered_since = None
            self.agent_read = message.seq
            self.replied_at = self.replied_at or message.at
        return message

    def text_line(self) -> Line | None:
        """How its customer is reached: the number they wrote from last, as long as ours is there."""
        came = ShortMessage.objects.filter(line__interaction=self.pk, sid__isnull=False).select_related("number")
        last = came.order_by("-pk").first()
        if last is None or not last.number.active:
            return None
        channel = Channel(self.channel)
        spoke = ShortMessage.objects.filter(number=last.number, address=last.address, sid__isnull=False)
        heard = spoke.filter(whatsapp=channel == Channel.WHATSAPP).order_by("-at").values_list("at", flat=True).first()
        return Line(
            number=last.number,
            address=last.address,
            opted_out=Address.objects.opted_out(KINDS[channel], last.address),
            window_until=heard + WINDOW if heard and channel == Channel.WHATSAPP else None,
            channel=channel,
        )
