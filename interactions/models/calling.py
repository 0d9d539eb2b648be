"""What a call means for the interaction it is in: another channel, another agent without a queue, an agent lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agents.models import Agent, Capacity
from contactcenter.wakeup import wake_router
from interactions.calls import places
from interactions.calls.follow import follow, let_go
from interactions.models.event import Event
from interactions.models.message import Message
from interactions.models.moves import FIRST_IN_LINE
from interactions.models.parking import Parking
from interactions.models.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Calling(Parking):
    class Meta(Parking.Meta):
        abstract = True

    @contextmanager
    def moving(self, *states: str, refusal: "StrOrPromise" = "") -> Iterator[None]:
        with super().moving(*states, refusal=refusal):
            if self.on_call:
                places.lock_helpers(self)
            yield

    def hand_over(self, to: Agent, *, by: Agent) -> None:
        """To a colleague who is on the line already: no queue, no ringing, no word lost between the two."""
        with self._by_its_agent(by, State.ACTIVE):
            self._leave(by, "transferred")
            self.record(Event.What.TRANSFERRED, agent=to, by=by.person)
            if not places.hand_on(self, to):
                Capacity.objects.take(to.pk, self.channel)
            self.begin(to)
            self.record(Event.What.ACCEPTED, agent=to, why="handed over on the line")

    def lose_agent(self, *, why: str) -> None:
        """Its agent's page has been gone from the call for too long: first in line for whoever is free."""
        with self.moving(State.ACTIVE):
            owner = self.handler
            self._leave(owner, "returned")
            self._enter_queue(self.queue, place_from=self.place_from - FIRST_IN_LINE)
            self.record(Event.What.RETURNED, agent=owner, why=why)
            self.notice(Message.Notice.WAITING)

    def change_channel(self, channel: str) -> None:
        """The same conversation goes on by other means, and takes the room of those; called within a move."""
        if self.channel == channel:
            return
        if self.state == State.OFFERED:
            self.stop_ringing(why="goes on by other means")
            self.state = State.QUEUED
        if self.holds_place:
            Capacity.objects.release(self.handler.pk, self.channel)
            Capacity.objects.take(self.handler.pk, channel)
            wake_router(agent=self.handler.pk)
        self.channel = channel
        if self.state == State.QUEUED:
            wake_router(queue=self.queue_id)
        self._shown(self.agent)

    def _moved(self, before: dict[str, Any]) -> None:
        super()._moved(before)
        if self.on_call and before["live"] and not self.live:
            let_go(self)
        elif self.on_call and (self.state, self.agent_id) != (before["state"], before["agent"]):
            follow(self)
