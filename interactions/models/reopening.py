"""What was over goes on, or should never have begun: a late answer reopens it, spam leaves the line."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.errors import StaleState
from agents.models import Person
from interactions.models.arrivals import Arrivals
from interactions.models.event import Event
from interactions.models.message import Message
from interactions.models.states import State

OVER = [State.WRAP_UP, State.CLOSED, State.ABANDONED, State.SET_ASIDE]


class Reopening(Arrivals):
    class Meta(Arrivals.Meta):
        abstract = True

    def reopen(self, *, why: str) -> None:
        """The customer goes on with what was over: in line as of now, its last agent asked first.

        Not where a visitor chats: they begin anew. Nor once it was rated: a rating is of what was over.
        """
        with self.moving(*OVER):
            if self.visitor_id or self.rating is not None:
                raise StaleState(_("This conversation has ended."))
            if self.state == State.WRAP_UP:
                self._close(None, why=why)
            last = self.agent
            self.ended_at = self.closed_at = self.disposition = None
            self.set_aside_why = self.disposition_note = ""
            self._enter_queue(self.queue, place_from=timezone.now())
            self.record(Event.What.REOPENED, agent=last, why=why)
            self._prefer(last)
            self.unanswered_since = self._first_unanswered()
            self._shown(last)

    def mark_spam(self, *, why: str) -> None:
        """Nobody's work: out of the line, to where supervisors look through it."""
        with self.moving(State.QUEUED, State.OFFERED):
            self.stop_ringing(why=why)
            self.state, self.ended_at = State.SPAM, timezone.now()
            self.agent = self.preferred_agent = self.preferred_team = self.returned_from = None
            self.preferred_until = None
            self.record(Event.What.MARKED_SPAM, why=why)
            self._shown(None)

    def no_spam(self, *, by: Person) -> None:
        """Somebody's work after all, with its age."""
        with self.moving(State.SPAM):
            self.ended_at = None
            self._enter_queue(self.queue, place_from=self.place_from)
            self.record(Event.What.REQUEUED, by=by)

    def _first_unanswered(self) -> datetime | None:
        """When the customer said what nobody has answered."""
        last_reply = self.messages.answers().order_by("-seq").values_list("seq", flat=True)
        asked = self.messages.filter(kind=Message.Kind.INBOUND, seq__gt=last_reply.first() or 0)
        return asked.order_by("seq").values_list("at", flat=True).first()
