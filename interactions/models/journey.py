"""The way of an interaction through the house: every verb a guarded move, with its event, in one transaction."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.errors import StaleState
from agents.models import Agent, Capacity, Person, Team
from contactcenter.wakeup import wake_router
from interactions import broadcasts
from interactions.models.conversation import Conversation
from interactions.models.event import Event
from interactions.models.message import Message, Upload
from interactions.models.offer import Exclusion
from interactions.models.outcome import Disposition
from interactions.models.queue import Ordering, WrapUp
from interactions.models.states import OPEN, State

if TYPE_CHECKING:
    from interactions.models.queue import Queue

FIRST_IN_LINE = timedelta(days=1)
PREFERRED_FOR = timedelta(seconds=60)
REJOIN_WITHIN = timedelta(days=1)


def place(moment: datetime, priority: int, point_counts: timedelta = timedelta(minutes=1)) -> datetime:
    """Aging score: a point of priority counts as so much waiting longer (Genesys' published rule: a minute)."""
    return moment - priority * point_counts


class Journey(Conversation):
    class Meta(Conversation.Meta):
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
    ) -> Self:
        """A customer comes in and waits in the entry point's queue; an open conversation of a visitor goes on."""
        queue, now = entry_point.queue, timezone.now()
        priority = queue.priority + entry_point.priority
        try:
            with transaction.atomic():
                interaction = cls._default_manager.create(
                    channel=entry_point.channel,
                    entry_point=entry_point,
                    queue=queue,
                    customer=customer,
                    visitor=visitor,
                    language=language[:10],
                    subject=subject[:200],
                    live=live,
                    priority=priority,
                    arrived_at=now,
                    queued_at=now,
                    **cls._place(queue, now, priority),
                )
        except IntegrityError:
            interaction = cls._default_manager.get(visitor=visitor, state__in=OPEN)
            if text or files:
                interaction.hear(text, client_id=client_id, files=files)
            return interaction
        with interaction.moving(State.QUEUED):
            interaction.queue = queue
            interaction.record(Event.What.ARRIVED)
            interaction._prefer(*interaction._known_to())
            if text or files:
                message = interaction._add(Message.Kind.INBOUND, text, client_id=client_id, files=files)
                interaction.unanswered_since = message.at
            interaction._arrived(queue)
            wake_router(queue=interaction.queue_id)
        return interaction

    def _arrived(self, queue: "Queue") -> None:
        """What the queue makes of one more in its line, within the move."""

    def _customer_wrote(self) -> None:
        if self.state == State.PARKED:
            self.wake_up(why="the customer wrote")

    # with an agent

    def begin(self, agent: Agent) -> None:
        """This agent has it from now on; called within a move."""
        now = timezone.now()
        self.state, self.agent, self.holds_place = State.ACTIVE, agent, True
        self.answered_at = self.answered_at or now
        self.returned_from = self.parked_until = None
        self.preferred_agent = self.preferred_team = self.preferred_until = None
        self.segments.create(agent=agent, queue_id=self.queue_id, started_at=now)
        self.notice(Message.Notice.JOINED, agent)
        self._shown(agent)

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

    def park(self, until: datetime, *, by: Agent, why: str = "") -> None:
        """Set it aside until then, or until the customer writes; its place is free meanwhile."""
        with self._by_its_agent(by, State.ACTIVE):
            if until <= timezone.now():
                raise StaleState(_("Choose a moment still to come."))
            self._leave(by, "parked")
            self.state, self.agent, self.parked_until = State.PARKED, by, until
            self.record(Event.What.PARKED, agent=by, by=by.person, why=why)

    def wake(self, *, why: str, by: Agent | None = None) -> None:
        with self.moving(State.PARKED):
            self.wake_up(why=why, by=by)

    def wake_up(self, *, why: str, by: Agent | None = None) -> None:
        """Back through the queue, so that no capacity is overrun, to its own agent first; called within a move."""
        owner = self.agent
        self._enter_queue(self.queue, place_from=self.place_from)
        self._prefer(owner)
        self.record(Event.What.WOKEN, agent=owner, by=by.person if by else None, why=why)
        self._shown(owner)

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
            wake_router()  # a pass that saw the agent held went on without them

    # the end

    def end(self, *, by: Agent) -> None:
        """The agent ends it; the wrap-up begins."""
        with self._by_its_agent(by, State.ACTIVE, State.PARKED):
            self._finish(by.person, by)

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
        with self.moving(State.ABANDONED):
            others = type(self)._default_manager.filter(visitor=self.visitor_id, state__in=OPEN)
            if self.answered_at or self.arrived_at < timezone.now() - REJOIN_WITHIN or others.exists():
                raise StaleState(_("This conversation has ended."))
            self.ended_at = self.closed_at = None
            self._enter_queue(self.queue, place_from=self.place_from)
            self.record(Event.What.REJOINED)

    def wrap_up(self, disposition: Disposition | None, note: str = "", *, by: Agent | None = None) -> None:
        """The work is done: by its agent with a disposition, or by the server's timer with none."""
        with self.moving(State.WRAP_UP):
            if by is not None and by.pk != self.agent_id:
                raise StaleState(_("This is not yours to wrap up."))
            if by is not None and disposition is None and self.queue.disposition_required:
                raise ValidationError(_("Choose what came of it."))
            self.disposition, self.disposition_note = disposition, note
            self._close(by)

    def rate(self, stars: int, comment: str = "") -> None:
        """What the customer thought, once and only after the end."""
        with self.moving(State.WRAP_UP, State.CLOSED):
            if self.rating is not None:
                raise StaleState(_("You have rated this conversation already."))
            self.rating, self.rating_comment = stars, comment
            self.record(Event.What.RATED, why=str(stars))
            self._shown(self.agent)

    def exclude(self, agent: Agent, until: datetime) -> None:
        Exclusion.objects.update_or_create(interaction_id=self.pk, agent=agent, defaults={"until": until})

    # parts of moves

    @contextmanager
    def _by_its_agent(self, agent: Agent, *states: str) -> Iterator[None]:
        """A move that only the agent who has the work may make."""
        with self.moving(*states):
            if self.agent_id != agent.pk:
                raise StaleState(_("You no longer have this conversation."))
            yield

    @staticmethod
    def _place(queue: "Queue", place_from: datetime, priority: int) -> dict[str, Any]:
        """Where in the line: ahead by priority; in a strict queue by precedence instead, before any age."""
        strict = queue.ordering == Ordering.STRICT
        place_at = place_from if strict else place(place_from, priority, queue.point_counts)
        return {"place_from": place_from, "place_at": place_at, "precedence": priority if strict else 0}

    def _place_after_transfer(self, queue: "Queue") -> datetime:
        now = timezone.now()
        places = {"arrival": self.arrived_at, "anew": now, "first": now - FIRST_IN_LINE}
        return places[queue.transfer_place]

    def _enter_queue(self, queue: "Queue", *, place_from: datetime) -> None:
        self.state, self.queue, self.agent = State.QUEUED, queue, None
        self.queued_at, self.holds_place = timezone.now(), False
        for name, value in self._place(queue, place_from, self.priority).items():
            setattr(self, name, value)
        self.parked_until = self.returned_from = None
        self.preferred_agent = self.preferred_team = self.preferred_until = None
        broadcasts.journey_changed(self)
        wake_router(queue=queue.pk)

    def _known_to(self) -> tuple[Agent | None, Team | None]:
        """Who should have this customer's work: whoever owns them, or helped them last where the queue wants that."""
        customer = self.customer
        if customer.owner_id or customer.owner_team_id or not self.queue.prefer_last_agent:
            return customer.owner, customer.owner_team
        known = customer.interactions.filter(answered_at__isnull=False, agent__isnull=False).exclude(pk=self.pk)
        last = known.select_related("agent").order_by("-arrived_at").first()
        return (last.agent if last else None), None

    def _prefer(self, agent: Agent | None, team: Team | None = None) -> None:
        """They are asked before the queue for a while, and waited for as long as the queue says."""
        self.preferred_agent, self.preferred_team = agent, team
        somebody = agent or team
        self.preferred_until = timezone.now() + max(self.queue.prefer_within, PREFERRED_FOR) if somebody else None

    def _leave(self, agent: Agent, ending: str) -> None:
        """The agent's leg ends and the place is free."""
        self.segments.filter(ended_at=None).update(ended_at=timezone.now(), ending=ending)
        self._give_up_place()
        self._shown(agent)

    def _finish(self, person: Person | None, by: Agent | None) -> None:
        agent, now = self.agent, timezone.now()
        had_place = self.holds_place
        self.ended_at = now
        self.segments.filter(ended_at=None).update(ended_at=now, ending="ended")
        self.record(Event.What.ENDED, agent=by, by=person, why="" if by else "by the customer")
        self.notice(Message.Notice.ENDED if by else Message.Notice.LEFT, by)
        self.unanswered_since = None
        if had_place and self.queue.wrap_up_within:
            self.state, self.wrap_up_until = State.WRAP_UP, now + self.queue.wrap_up_within
            self.wrap_up_mode = WrapUp.TIMED
            wake_router(agent=agent.pk if agent else None)
        else:
            self._close(by)
        self._shown(agent)

    def _close(self, by: Agent | None) -> None:
        agent, now = self.agent, timezone.now()
        self.state, self.closed_at, self.wrap_up_until = State.CLOSED, now, None
        last = self.segments.filter(wrapped_up_at=None).order_by("-started_at").values("pk")[:1]
        self.segments.filter(pk__in=last).update(wrapped_up_at=now)
        why = str(self.disposition or ("" if by else "time was up"))
        self.record(Event.What.WRAPPED_UP, agent=agent, by=by.person if by else None, why=why)
        self._give_up_place()
        self._shown(agent)

    def _give_up_place(self) -> None:
        if self.holds_place:
            self.holds_place = False
            self.handler.finish_work(self.channel)

    def _abandon(self, *, why: str) -> None:
        if offer := self.offers.filter(state="pending").select_related("agent__person").first():
            offer.withdraw(why=why)
        owner = self.agent
        self.state, self.agent = State.ABANDONED, None
        self.ended_at = self.closed_at = timezone.now()
        self.parked_until = None
        self.record(Event.What.ABANDONED, why=why)
        self._shown(owner)

    def _shown(self, agent: Agent | None) -> None:
        broadcasts.journey_changed(self)
        if agent:
            broadcasts.work_changed(agent.pk, self.pk)
