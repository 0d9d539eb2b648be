"""Parked: set aside by its agent until a moment, or by the system while the customer is silent."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.errors import StaleState
from agents.models import Agent
from interactions.models.ending import Ending
from interactions.models.event import Event
from interactions.models.states import State

SILENT_FOR = timedelta(days=1)  # then its agent is asked what to do with it


class Parking(Ending):
    class Meta(Ending.Meta):
        abstract = True

    def park(self, until: datetime, *, by: Agent, why: str = "") -> None:
        """Set it aside until then, or until the customer writes; the queue says whether it keeps its place."""
        with self._by_its_agent(by, State.ACTIVE):
            if until <= timezone.now():
                raise StaleState(_("Choose a moment still to come."))
            self._park(until)
            self.record(Event.What.PARKED, agent=by, by=by.person, why=why)

    def park_silent(self) -> None:
        """The customer has not written for long after a reply: parked by the system until they do."""
        with self.moving(State.ACTIVE):
            after = self.queue.inactive_after
            if after is None or self.unanswered_since or self._silent_since() > timezone.now() - after:
                raise StaleState(_("The conversation goes on."))
            self._park(timezone.now() + SILENT_FOR)
            self.record(Event.What.PARKED, agent=self.agent, why="inactive")

    def wake(self, *, why: str, by: Agent | None = None) -> None:
        with self.moving(State.PARKED):
            self.wake_up(why=why, by=by)

    def wake_up(self, *, why: str, by: Agent | None = None) -> None:
        """Called within a move. To its agent at once if it kept their place; else through the queue, to them first.

        No capacity is overrun: a kept place was counted all the while, and in the queue it waits for one.
        """
        owner = self.handler
        self.record(Event.What.WOKEN, agent=owner, by=by.person if by else None, why=why)
        if self.holds_place and owner.available and owner.gone_since is None:
            self.begin(owner)
            self.record(Event.What.TAKEN_BACK, agent=owner)
            return
        self._give_up_place(worked=False)
        self._enter_queue(self.queue, place_from=self.place_from)
        self._prefer(owner)
        self._shown(owner)

    def let_go(self) -> None:
        """Its agent is leaving: what is parked does not hold them back, and waits without their place."""
        with self.moving(State.PARKED):
            self._give_up_place(worked=False)

    def _customer_wrote(self) -> None:
        if self.state == State.PARKED:
            self.wake_up(why="the customer wrote")

    def _park(self, until: datetime) -> None:
        owner = self.handler
        self._end_leg("parked")
        if not self.queue.parked_counts or not owner.available:
            self._give_up_place()
        self.state, self.parked_until = State.PARKED, until
        self._shown(owner)

    def _silent_since(self) -> datetime:
        """The agent's last reply, or when they got it if that was later."""
        began = self.segments.get(ended_at=None).started_at
        said = self.messages.filter(kind="outbound").order_by("-seq").values_list("at", flat=True).first()
        return max(began, said or began)
