"""What is said in an interaction: lines in order, each stored once."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.errors import StaleState
from agents.models import Agent, Channel
from contactcenter.prepared import Prepared
from interactions import broadcasts
from interactions.models import live_line
from interactions.models.message import Attachment, Message, Upload
from interactions.models.states import State
from interactions.models.work import Work

_said = Prepared(
    lambda pk, kind, client_id: Message.objects.filter(interaction=pk, kind=kind, client_id=client_id).order_by()
)
CLOSED_REFUSAL = _("This conversation has ended.")


class Conversation(Work):
    class Meta(Work.Meta):
        abstract = True

    def hear(self, text: str, *, client_id: str = "", files: Iterable[Upload] = ()) -> Message:
        """A line from the customer; the same client id again is the same line."""
        if self._may_be_live and not files and (line := live_line.heard(self, text, client_id)):
            return line
        with self.moving():
            if said := self._already_said(Message.Kind.INBOUND, client_id):
                return said
            if not self.open:
                raise StaleState(CLOSED_REFUSAL)
            message = self._add(Message.Kind.INBOUND, text, client_id=client_id, files=files)
            self.unanswered_since = self.unanswered_since or message.at
            self._customer_wrote()
        return message

    def reply(self, agent: Agent, text: str, *, client_id: str = "", files: Iterable[Upload] = ()) -> Message:
        """A line from the agent who has the conversation, to the customer."""
        if self._may_be_live and not files and (line := live_line.replied(self, agent, text, client_id)):
            return line
        with self.moving():
            if said := self._already_said(Message.Kind.OUTBOUND, client_id):
                return said
            self._goes_on_with(agent)
            message = self._add(Message.Kind.OUTBOUND, text, agent=agent, client_id=client_id, files=files)
            self.unanswered_since = None
            self.agent_read = message.seq
            self.replied_at = self.replied_at or message.at
        return message

    def _goes_on_with(self, agent: Agent) -> None:
        """StaleState unless this agent has it and may reply; within a move."""
        if self.state in (State.WRAP_UP, State.CLOSED):
            raise StaleState(_("This conversation has ended; your text is kept as a draft."))
        if self.state != State.ACTIVE or self.agent_id != agent.pk:
            raise StaleState(_("You no longer have this conversation; your text is kept as a draft."))

    def add_files(self, line: Message, files: Iterable[Upload]) -> None:
        """Files of a line that came after it."""
        with self.moving():
            for upload in files:
                self._attach(line, upload)
            broadcasts.line_changed(self, line)

    def note(self, agent: Agent | None, text: str, *, client_id: str = "", files: Iterable[Upload] = ()) -> Message:
        """A line for colleagues only; by nobody: what came in by itself, such as a bounce."""
        with self.moving():
            return self._already_said(Message.Kind.NOTE, client_id) or self._add(
                Message.Kind.NOTE, text, agent=agent, client_id=client_id, files=files
            )

    def notice(self, notice: str, agent: Agent | None = None) -> Message:
        """A line by the system that both sides see; called within a move."""
        return self._add(Message.Kind.SYSTEM, "", notice=notice, agent=agent)

    @property
    def _may_be_live(self) -> bool:
        """A live chat, or no more known of it than its key."""
        return self.channel in ("", Channel.CHAT)

    def _customer_wrote(self) -> None:
        """What follows from a new line of the customer's, within the move."""

    def _already_said(self, kind: str, client_id: str) -> Message | None:
        """Among lines of this kind: nobody can hold up, or be shown, another side's line by choosing its id."""
        return _said.first(self.pk, kind, client_id) if client_id else None

    def _add(
        self,
        kind: str,
        text: str,
        *,
        agent: Agent | None = None,
        client_id: str = "",
        files: Iterable[Upload] = (),
        notice: str = "",
    ) -> Message:
        message = Message.objects.create(
            interaction_id=self.pk,
            seq=self.next_seq(),
            kind=kind,
            notice=notice,
            agent=agent,
            text=text,
            client_id=client_id,
            at=timezone.now(),
            due_at=self.reply_due_at if kind == Message.Kind.OUTBOUND else None,
        )
        message.files = [self._attach(message, upload) for upload in files]
        previous, previous_public = self.last_line, self.last_public_line
        message.prev = previous  # type: ignore[attr-defined]
        self.last_line = message.seq
        if kind != Message.Kind.NOTE:
            self.last_public_line = message.seq
        broadcasts.message_added(self, message, previous=previous, previous_public=previous_public)
        return message

    def _attach(self, message: Message, upload: Upload) -> Attachment:
        attachment = Attachment(
            message=message,
            name=upload.name,
            content_type=upload.content_type,
            size=upload.size,
            content_id=upload.content_id,
        )
        attachment.file.save(upload.name, upload.file, save=False)
        attachment.save(force_insert=True)
        return attachment
