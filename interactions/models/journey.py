"""The way of an interaction through the house: every verb a guarded move, with its event, in one transaction."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.errors import StaleState
from agents.models import Agent, Capacity, Person
from contactcenter.wakeup import wake_router
from interactions import broadcasts
from interactions.models.calling import Calling
from interactions.models.event import Event
from interactions.models.message import Message, Upload
from interactions.models.moves import FIRST_IN_LINE, PREFERRED_FOR
from interactions.models.states import OPEN, State

if TYPE_CHECKING:
    from interactions.models.queue import Queue

REJOIN_WITHIN = timedelta(days=1)


class Journey(Calling):
    class Meta(Calling.Meta):
        abstract = True

    @classmethod
    @transaction.atomic
    def arrive(
        cls,
        *,
        entry_point: Any,
        customer: Any,
        visitor: Any = None,
        text: str = "",
        client_id: str = "",
        files: Iterable[Upload] = (),
        language: str = "",
        subject: str = "",
        live: bool = True,
        previous: Self | None = None,
    ) -> Self:
        """A customer comes in and waits in the entry point's queue; an open conversation of a visitor goes on."""
        about = {"language": language[:10], "subject": subject[:200], "live": live, "previous": previous}
        try:
            with transaction.atomic(savepoint=visitor is not None):  # only a visitor can have another
                interaction = cls._new(entry_point, customer, visitor=visitor, **about)
        except IntegrityError:
            interaction = cls._default_manager.get(visitor=visitor, state__in=OPEN)
            if text or files:
                interaction.hear(text, client_id=client_id, files=files)
            return interaction
        with interaction._changing():
            interaction._comes_in(text, client_id, files)
        return interaction

    @classmethod
    @contextmanager
    def arriving(cls, *, entry_point: Any, customer: Any, live: bool) -> Iterator[Self]:
        """The same for a caller, within the caller's transaction; what is done meanwhile is saved with the arrival."""
        interaction = cls._new(entry_point, customer, live=live)
        with interaction._changing():
            interaction._comes_in()
            yield interaction

    @classmethod
    def _new(cls, entry_point: Any, customer: Any, **about: Any) -> Self:
        queue, now = entry_point.queue, timezone.now()
        priority = queue.priority + entry_point.priority
        return cls._default_manager.create(
            channel=entry_point.channel,
            entry_point=entry_point,
            queue=queue,
            customer=customer,
            priority=priority,
            arrived_at=now,
            queued_at=now,
            **cls._place(queue, now, priority),
            **about,
        )

    def _comes_in(self, text: str = "", client_id: str = "", files: Iterable[Upload] = ()) -> None:
        self.record(Event.What.ARRIVED)
        self._prefer(*self._known_to())
        if text or files:
            message = self._add(Message.Kind.INBOUND, text, client_id=client_id, files=files)
            self.unanswered_since = message.at
        self._arrived(self.queue)
        wake_router(queue=self.queue_id)

    def _arrived(self, queue: "Queue") -> None:
        """What the queue makes of one more in its line, within the move."""

    # with an agent

    def transfer_to(self, queue: "Queue", *, by: Agent, agent: Agent | None = None, note: str = "") -> None:
        """Hand it to a queue, or first to a colleague of it who has room; the sender is free at once."""
        with self._by_its_agent(by, State.ACTIVE):
            self.exclude(by, timezone.now() + max(queue.excluded_for, PREFERRED_FOR))
            self._leave(by, "transferred")
            if note:
                self._add(Message.Kind.NOTE, note, agent=by)
            self.priority = queue.priority + (self.entry_point.priority if self.entry_point else 0)
            self._enter_queue(queue, place_from=self._place_after_transfer(queue))
            self._prefer(agent)
            self.exclusions.filter(agent=agent).delete()
            self.record(Event.What.TRANSFERRED, agent=agent, by=by.person, why=note, queue=queue)
            self.notice(Message.Notice.TRANSFERRED, agent)

    def return_to_queue(self, *, why: str, by: Person | None = None) -> None:
        """Its agent is gone: first in line for the others, and the agent's again if back before anybody took it."""
        with self.moving(State.ACTIVE):
            owner = self.handler
            if by is None and owner.gone_since is None:
                raise StaleState(_("The agent is back."))
            self._leave(owner, "returned")
            self._enter_queue(self.queue, place_from=self.place_from - FIRST_IN_LINE)
            self.returned_from = owner
            self.record(Event.What.RETURNED, agent=owner, by=by, why=why)
            self.notice(Message.Notice.WAITING)

    def take_back(self, agent: Agent) -> None:
        """The agent it was returned from is there again and nobody else has it yet."""
        with self.moving(State.QUEUED):
            if self.returned_from_id != agent.pk:
                raise StaleState(_("Somebody else has taken this conversation."))
            Capacity.objects.take(agent.pk, self.channel)
            self.begin(agent)
            self.record(Event.What.TAKEN_BACK, agent=agent)
            wake_router(agent=agent.pk)  # a pass that saw the agent held went on without them

    # the end

    def leave(self) -> None:
        """The customer ends it: before an answer that is an abandon, after it the agent wraps up."""
        with self.moving():
            if self.state in (State.ACTIVE, State.PARKED):
                self._finish(None, None)
            elif self.open:
                self.notice(Message.Notice.LEFT)
                self._abandon(why="the customer left")

    def answer_later(self) -> None:
        """The customer will not wait on the line any longer: from now on it is a message that was left."""
        with self.moving(State.QUEUED, State.OFFERED):
            self.live = False
            broadcasts.journey_changed(self)

    def abandon(self, *, why: str, unseen_since: datetime | None = None) -> None:
        """The customer is gone while waiting; not if their page was seen again since then."""
        with self.moving(State.QUEUED, State.OFFERED):
            if unseen_since and self.visitor and self.visitor.seen_at > unseen_since:
                raise StaleState(_("The customer is back."))
            self._abandon(why=why)

    def rejoin(self) -> None:
        """A customer whose page was gone is back: the same conversation, the same place in line."""
        ended = _("This conversation has ended.")
        with self._opening_again(State.ABANDONED, refusal=ended):
            if self.answered_at or self.arrived_at < timezone.now() - REJOIN_WITHIN:
                raise StaleState(ended)
            self.ended_at = self.closed_at = None
            self._enter_queue(self.queue, place_from=self.place_from)
            self.record(Event.What.REJOINED)

    def _abandon(self, *, why: str) -> None:
        self.stop_ringing(why=why)
        owner = self.agent
        self.state, self.agent = State.ABANDONED, None
        self.ended_at = self.closed_at = timezone.now()
        self.parked_until = None
        self.record(Event.What.ABANDONED, why=why)
        self._shown(owner)
