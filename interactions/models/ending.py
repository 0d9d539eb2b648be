"""The end of the work: the conversation is over, the agent wraps up as the queue it ended in says, it is closed."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.errors import StaleState
from agents.models import Agent, Person
from interactions.models.event import Event
from interactions.models.message import Message
from interactions.models.moves import Moves
from interactions.models.outcome import Disposition
from interactions.models.queue import WrapUp
from interactions.models.states import State


class Ending(Moves):
    class Meta(Moves.Meta):
        abstract = True

    def end(self, *, by: Agent) -> None:
        """The agent ends it; the wrap-up begins."""
        with self._by_its_agent(by, State.ACTIVE, State.PARKED):
            self._finish(by.person, by)

    def ask_for_wrap_up(self, wanted: bool, *, by: Agent) -> None:
        """The agent wants time afterwards, or does not after all; only where a wrap-up is for the asking."""
        with self._by_its_agent(by, State.ACTIVE):
            if self.queue.wrap_up_mode != WrapUp.REQUESTED:
                raise StaleState(_("This queue decides about the wrap-up itself."))
            self.wrap_up_requested = wanted
            self._shown(self.agent)

    def extend_wrap_up(self, *, by: Agent) -> None:
        """A little longer, as often as the queue allows; not where it lasts exactly so long."""
        with self._by_its_agent(by, State.WRAP_UP):
            if not self.extendable:
                raise StaleState(_("This wrap-up cannot be made longer."))
            assert self.wrap_up_until  # the database promises it for all modes with a time
            self.wrap_up_until = max(self.wrap_up_until, timezone.now()) + self.queue.wrap_up_extend_by
            self.wrap_up_extensions += 1
            self.record(Event.What.EXTENDED, agent=by, by=by.person)
            self._shown(by)

    def keep_wrap_up(self, disposition: Disposition | None, note: str, *, by: Agent) -> None:
        """What the agent has said so far, which stands if the time is up first; nothing once the work is done."""
        saved = type(self)._default_manager.filter(pk=self.pk, agent=by, state=State.WRAP_UP)
        saved.update(disposition=disposition, disposition_note=note)

    def wrap_up(self, disposition: Disposition | None, note: str = "", *, by: Agent) -> None:
        """The agent says what came of it; the work is done, or, where it lasts exactly so long, when the time is up."""
        with self._by_its_agent(by, State.WRAP_UP):
            if disposition is None and self.queue.disposition_required:
                raise ValidationError(_("Choose what came of it."))
            self.disposition, self.disposition_note = disposition, note
            if self.wrap_up_mode == WrapUp.FORCED and self.wrap_up_until and timezone.now() < self.wrap_up_until:
                self._shown(by)
            else:
                self._close(by.person)

    def complete_wrap_up(self, *, by: Person) -> None:
        """A supervisor frees the agent of a wrap-up that got stuck; what was saved so far stands."""
        with self.moving(State.WRAP_UP):
            self._close(by, why="completed by a supervisor")

    def time_up(self) -> None:
        """The server's timer: closed with what was saved so far, unless the agent was given longer meanwhile."""
        with self.moving(State.WRAP_UP):
            if self.wrap_up_until is None or self.wrap_up_until > timezone.now():
                raise StaleState(_("The wrap-up was made longer."))
            self._close(None, why="time was up")

    def rate(self, stars: int, comment: str = "") -> None:
        """What the customer thought, once and only after the end."""
        with self.moving(State.WRAP_UP, State.CLOSED):
            if self.rating is not None:
                raise StaleState(_("You have rated this conversation already."))
            self.rating, self.rating_comment = stars, comment
            self.record(Event.What.RATED, why=str(stars))
            self._shown(self.agent)

    @property
    def extendable(self) -> bool:
        timed = self.wrap_up_until is not None and self.wrap_up_mode != WrapUp.FORCED
        return timed and self.wrap_up_extensions < self.queue.wrap_up_extensions

    def _finish(self, person: Person | None, by: Agent | None) -> None:
        agent, self.ended_at = self.agent, timezone.now()
        self._end_leg("ended")
        self.record(Event.What.ENDED, agent=by, by=person, why="" if by else "by the customer")
        self.notice(Message.Notice.ENDED if by else Message.Notice.LEFT, by)
        self.unanswered_since = None
        if self.holds_place and self._wraps_up():
            self._begin_wrap_up(self.ended_at)
        else:
            self._close(person)
        self._shown(agent)

    def _wraps_up(self) -> bool:
        match self.queue.wrap_up_mode:
            case WrapUp.MANDATORY:
                return True
            case WrapUp.REQUESTED if not self.wrap_up_requested:
                return False
        return bool(self.queue.wrap_up_within)

    def _begin_wrap_up(self, now: datetime) -> None:
        """By the rules of the queue it ended in, whoever had it before; the place counts meanwhile for every queue."""
        mode = self.queue.wrap_up_mode
        self.state, self.wrap_up_mode, self.wrap_up_extensions = State.WRAP_UP, mode, 0
        self.wrap_up_until = None if mode == WrapUp.MANDATORY else now + self.queue.wrap_up_within
        if mode == WrapUp.OPTIONAL:
            self._give_up_place()

    def _close(self, person: Person | None, *, why: str = "") -> None:
        agent, now = self.agent, timezone.now()
        self.state, self.closed_at, self.wrap_up_until = State.CLOSED, now, None
        last = self.segments.filter(wrapped_up_at=None).order_by("-started_at").values("pk")[:1]
        self.segments.filter(pk__in=last).update(wrapped_up_at=now)
        self.record(Event.What.WRAPPED_UP, agent=agent, by=person, why=str(self.disposition or why))
        self._give_up_place()
        self._shown(agent)
