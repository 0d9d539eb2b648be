"""A mail that is about something else becomes work of its own, with the mails that answer it.

The lines move: mail, files and delivery belong to the new work from then on, so its answers find it. In their place
stays a line that says where they went, under the same number, so that no screen misses one.
"""

from typing import Any, Self

from django.db import transaction
from django.utils.translation import gettext as _

from agents.errors import StaleState
from agents.models import Agent
from interactions import broadcasts
from interactions.models.delivery import UNDERWAY, Delivery
from interactions.models.email import Email
from interactions.models.event import Event
from interactions.models.message import Attachment, Message
from interactions.models.states import State
from interactions.models.texting import Texting


class Splitting(Texting):
    raw_mails: Any

    class Meta(Texting.Meta):
        abstract = True

    @transaction.atomic
    def split(self, agent: Agent, line: Message) -> Self:
        """New work of the same customer, in the agent's hands, with this mail and what follows from it."""
        with self._by_its_agent(agent, State.ACTIVE):
            moved = self._with_what_follows(line)
            underway = Delivery.objects.filter(line__in=moved).select_for_update().order_by("pk")
            if any(delivery.state in UNDERWAY for delivery in underway):
                raise StaleState(_("A mail that would move is being sent right now; try again in a moment."))
            subject = Email.objects.get(line=line.pk).subject
            split = self._begun_by(agent, self.entry_point, self.customer, subject, previous=self)
            with split.moving(State.ACTIVE):
                split._take_over(moved)
            for one in moved:
                one.kind, one.notice, one.agent = Message.Kind.SYSTEM, Message.Notice.MOVED, agent
                one.text, one.client_id = str(split.pk), ""
                one.save(update_fields=["kind", "notice", "agent", "text", "client_id"])
                broadcasts.line_changed(self, one)
            self.record(Event.What.SPLIT, agent=agent, by=agent.person, why=f"{split.pk}")
            self.agent_read = max(self.agent_read, moved[-1].seq)
            self._count_answers()
            self._shown(agent)
        return split

    def _with_what_follows(self, line: Message) -> list[Message]:
        """This mail and the answers to it and to them, in order; something must be left behind."""
        mails = Email.objects.filter(line__interaction=self.pk).select_related("line").order_by("line__seq")
        found: dict[int, Email] = {}
        known: set[str] = set()
        for mail in mails.defer("text", "html"):
            if mail.pk == line.pk or (known and (mail.in_reply_to or "-") in known):
                found[mail.pk] = mail
                known |= {mail.message_id} - {""}
        inbound = Message.Kind.INBOUND
        if line.pk not in found or line.kind != inbound:
            raise StaleState(_("Only a mail of the customer's can be split off."))
        if not any(mail.line.kind == inbound for mail in mails.defer("text", "html") if mail.pk not in found):
            raise StaleState(_("Nothing would be left here."))
        return [mail.line for mail in found.values()]

    def _take_over(self, lines: list[Message]) -> None:
        """Called within a move: each line anew under the next number, with its own time, and all that hangs on it."""
        for old in lines:
            new = Message.objects.create(
                interaction_id=self.pk,
                seq=self.next_seq(),
                kind=old.kind,
                agent_id=old.agent_id,
                text=old.text,
                client_id=old.client_id,
                at=old.at,
            )
            Attachment.objects.filter(message=old.pk).update(message=new)
            Email.objects.filter(line=old.pk).update(line=new, subject_changed=False)
            Delivery.objects.filter(line=old.pk).update(line=new)
            self.raw_mails.model.objects.filter(email__line=new).update(interaction=self.pk)
            self.last_line = new.seq
            if new.kind != Message.Kind.NOTE:
                self.last_public_line = new.seq
        self._count_answers()
