"""Mail from the house: written within the work it belongs to, and for a few seconds taken back."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.errors import StaleState
from agents.models import Agent, Capacity
from interactions import broadcasts
from interactions.adapters.email.ours import new_message_id, reply_address
from interactions.adapters.email.people import Sender, customers_of
from interactions.adapters.email.subjects import bare_subject
from interactions.adapters.email.wording import formatted, plain, quoted
from interactions.models.customer import Customer
from interactions.models.delivery import Delivery
from interactions.models.draft import Draft
from interactions.models.email import Email
from interactions.models.event import Event
from interactions.models.letter import Crossed, Letter, too_heavy
from interactions.models.mail_texts import Signature
from interactions.models.mailbox import Mailbox
from interactions.models.message import Message, Upload
from interactions.models.reopening import OVER, Reopening
from interactions.models.states import State

NOT_ARRIVED = "it did not arrive"
UNDO_WITHIN = timedelta(seconds=10)
MOST_REFERENCES = 20
COMPOSED_AGAIN_WITHIN = timedelta(days=1)


class Correspondence(Reopening):
    class Meta(Reopening.Meta):
        abstract = True

    def write(
        self,
        agent: Agent,
        letter: Letter,
        *,
        client_id: str = "",
        files: Iterable[Upload] = (),
        seen: int | None = None,
    ) -> Message:
        """A mail by the agent who has the work, sent once it can no longer be taken back.

        The same client id again is the same mail. ValidationError when it cannot be sent as it is; Crossed when
        somebody has written after `seen`, the number of the last line its writer saw.
        """
        with self.moving():
            if said := self._already_said(Message.Kind.OUTBOUND, client_id):
                return said
            self._goes_on_with(agent)
            if seen is not None and (line := self._said_after(seen)):
                raise Crossed(line)
            letter, answered, along = letter.checked(self)
            return self._post(agent, self._mailbox(), letter, answered, client_id, [*files, *along])

    @classmethod
    @transaction.atomic
    def compose(
        cls, agent: Agent, mailbox: Mailbox, letter: Letter, *, client_id: str = "", files: Iterable[Upload] = ()
    ) -> Self:
        """A new piece of work that begins with our own mail, in the agent's hands; a place of theirs if one is free."""
        letter, _answered, _along = letter.checked()
        now = timezone.now()
        (customer,) = customers_of([Sender(letter.to[0].lower(), "")])  # one at a time for an address
        lately = cls._default_manager.filter(customer=customer, arrived_at__gt=now - COMPOSED_AGAIN_WITHIN)
        same = lately.filter(messages__agent=agent, messages__client_id=client_id)
        if client_id and (begun := same.first()):
            return begun
        interaction = cls._begun_by(agent, mailbox.entry_point, customer, letter.subject)
        with interaction.moving(State.ACTIVE):
            interaction.queue = mailbox.entry_point.queue
            interaction._post(agent, mailbox, letter, None, client_id, list(files))
        return interaction

    @classmethod
    def _begun_by(
        cls, agent: Agent, entry_point: Any, customer: Customer, subject: str, previous: Self | None = None
    ) -> Self:
        """Work that no customer's arrival began, in the agent's hands; a place of theirs if one is free."""
        now, queue = timezone.now(), previous.queue if previous else entry_point.queue
        priority = queue.priority + entry_point.priority
        interaction = cls._default_manager.create(
            channel=entry_point.channel,
            entry_point=entry_point,
            queue=queue,
            customer=customer,
            subject=subject[:200],
            language=previous.language if previous else "",
            previous=previous,
            live=False,
            priority=priority,
            arrived_at=now,
            queued_at=now,
            **cls._place(queue, now, priority),
        )
        with interaction.moving(State.QUEUED):
            interaction.record(Event.What.COMPOSED, agent=agent, by=agent.person)
            placed = _takes_place(agent, interaction.channel)
            interaction.begin(agent)
            interaction.holds_place = placed
        return interaction

    def unsend(self, agent: Agent, line: Message, *, begun: str = "") -> Message:
        """Take a mail back while it still waits: the draft again, above what was begun since; the line stays.

        Work that was parked or ended in one with it is in hand again.
        """
        with self._by_its_agent(agent, State.ACTIVE, State.PARKED, State.WRAP_UP, State.CLOSED):
            deliveries = Delivery.objects.filter(line=line.pk, line__interaction=self.pk)
            delivery = deliveries.select_related("line__email").first()
            if delivery is None or not delivery.withdraw():
                raise StaleState(_("It is on its way already."))
            self.record(Event.What.UNSENT, agent=agent, by=agent.person)
            if self.state != State.ACTIVE:
                self._take_up_again(agent)
            self._count_answers()
            self._draft_again(agent, delivery.line, begun)
            broadcasts.line_changed(self, delivery.line)
            self._shown(agent)
            return delivery.line

    @transaction.atomic
    def not_delivered(self, line: Message) -> None:
        """It could not be sent, or came back: whoever had the work has it again, in its queue if need be."""
        with self.moving():
            why = line.delivery.answer
            self.record(Event.What.UNDELIVERED, agent=line.agent, why=why)
            broadcasts.line_changed(self, line)
            if line.kind == Message.Kind.SYSTEM:
                return  # it told the customer something, and nobody waits for what came of it
            if self.open:
                self._count_answers()
                self.unanswered_since = self.unanswered_since or timezone.now()
            if self.state == State.PARKED:
                self.wake_up(why=NOT_ARRIVED)
        if self.state in OVER:
            with suppress(StaleState):
                self.reopen(why=NOT_ARRIVED)

    def _take_up_again(self, agent: Agent) -> None:
        """In its agent's hands as before the mail that was taken back; beside their other work if no place is free."""
        placed = self.holds_place or _takes_place(agent, self.channel)
        self.ended_at = self.closed_at = self.wrap_up_until = self.parked_until = None
        self.disposition, self.disposition_note = None, ""
        self.record(Event.What.TAKEN_BACK, agent=agent, by=agent.person)
        self.begin(agent)
        self.holds_place = placed

    def _draft_again(self, agent: Agent, line: Message, begun: str) -> None:
        mail, text = line.email, line.text
        answered = self.messages.filter(email__message_id=mail.in_reply_to).exclude(email__message_id="")
        Draft.objects.keep(
            self,
            agent,
            f"{text}\n\n{begun}" if begun.strip() else text,
            kind=mail.kind,
            answers=answered.values_list("seq", flat=True).first() or 0,
            subject=mail.subject,
            to=mail.to,
            cc=mail.cc,
            bcc=mail.bcc,
            files=list(line.attachments.order_by("pk").values_list("token", flat=True)),
        )

    def _said_after(self, seen: int) -> Message | None:
        """What was said to or by the customer since then: the first answer, else the customer's first line."""
        said = self.messages.filter(seq__gt=seen, kind__in=[Message.Kind.INBOUND, Message.Kind.OUTBOUND])
        stands = said.exclude(delivery__state=Delivery.State.WITHDRAWN).select_related("agent__person")
        return stands.order_by("-kind", "seq").first()  # "outbound" is the later word

    def _post(
        self,
        agent: Agent,
        mailbox: Mailbox,
        letter: Letter,
        answered: Email | None,
        client_id: str,
        files: list[Upload],
    ) -> Message:
        """Line, mail, delivery and event, within the move."""
        if too_heavy(files):
            raise ValidationError(_("Its files are too large to be sent by mail."))
        language = self.language or self.customer.language
        below = quoted(answered, language, forwarded=letter.kind == Email.Kind.FORWARD) if answered else None
        signature = Signature.objects.text_for(self.queue, language, agent)
        message_id = new_message_id(self.pk, mailbox.address.rpartition("@")[2])
        line = self._add(Message.Kind.OUTBOUND, letter.text, agent=agent, client_id=client_id, files=files)
        Email.objects.create(
            line=line,
            kind=letter.kind,
            message_id=message_id,
            **_thread(answered if letter.kind != Email.Kind.FORWARD else None),
            subject=letter.subject,
            subject_changed=bare_subject(letter.subject)[:190] != bare_subject(self.subject)[:190],
            from_name=mailbox.sender_name,
            from_address=mailbox.address,
            reply_to=reply_address(mailbox.address, self.pk),
            to=list(letter.to),
            cc=list(letter.cc),
            bcc=list(letter.bcc),
            text=plain(letter.text, signature, below),
            html=formatted(letter.text, signature, below),
            sender_verified=True,
        )
        Delivery.objects.create(line=line, due_at=line.at + UNDO_WITHIN, provider_id=message_id)
        self.record(Event.What.MAILED, agent=agent, by=agent.person)
        self.agent_read = line.seq
        if letter.kind != Email.Kind.FORWARD:
            self.unanswered_since = None
            self.replied_at = self.replied_at or line.at
        return line

    def _mailbox(self) -> Mailbox:
        """The one its customer wrote to, from which it is answered."""
        mailbox = Mailbox.objects.filter(entry_point=self.entry_point_id).first() if self.entry_point_id else None
        if mailbox is None:
            raise ValidationError(_("This came in by no mailbox, so there is none to answer it from."))
        return mailbox

    def _count_answers(self) -> None:
        """After one that counted does so no longer: who waits for an answer, and when the first one was given."""
        self.unanswered_since = self._first_unanswered()
        self.replied_at = self.messages.answers().order_by("seq").values_list("at", flat=True).first()


def _takes_place(agent: Agent, channel: str) -> bool:
    """Whoever writes first does so beside their other work, too."""
    try:
        Capacity.objects.take(agent.pk, channel)
    except StaleState:
        return False
    return True


def _thread(answered: Email | None) -> dict[str, Any]:
    """What it answers, in the words of RFC 5322, 3.6.4; an id that we keep as a hash cannot be named."""
    if answered is None or not answered.message_id or answered.message_id.startswith("sha256:"):
        return {}
    named = [one for one in answered.references if not one.startswith("sha256:")]
    before = [*named[:1], *named[1:][-MOST_REFERENCES:]]
    return {"in_reply_to": answered.message_id, "references": [*before, answered.message_id]}
