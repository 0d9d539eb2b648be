"""One interaction of the past, told step by step; leaves the rows the verbs would have left at those moments."""

from datetime import datetime, timedelta

from agents.models import Agent, Channel
from interactions.models import Customer, EntryPoint, Event, Interaction, Message, Offer, Queue, Segment
from interactions.models.moves import place
from interactions.models.offer_rule import RINGS_FOR
from interactions.models.outcome import Disposition


class Story:
    """The clock runs by `wait`; every step happens at the clock's time."""

    def __init__(self, entry_point: EntryPoint, queue: Queue, customer: Customer, at: datetime, *, live: bool = True):
        self.at = at
        priority = queue.priority + entry_point.priority
        self.interaction = Interaction(
            channel=entry_point.channel,
            entry_point=entry_point,
            queue=queue,
            customer=customer,
            language=customer.language,
            live=live,
            priority=priority,
            arrived_at=at,
            queued_at=at,
            place_from=at,
            place_at=place(at, priority),
        )
        self.events: list[Event] = []
        self.messages: list[Message] = []
        self.offers: list[Offer] = []
        self.segments: list[Segment] = []
        self._record(Event.What.ARRIVED)

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def hear(self, text: str) -> None:
        self._say(Message.Kind.INBOUND, text)

    def reply(self, text: str) -> None:
        assert self.interaction.agent
        message = self._say(Message.Kind.OUTBOUND, text, agent=self.interaction.agent)
        self.interaction.replied_at = self.interaction.replied_at or message.at
        self.interaction.agent_read = message.seq

    def offer(self, agent: Agent, why: str) -> None:
        queue = self.interaction.queue
        expires_at = self.at + RINGS_FOR[Channel(self.interaction.channel)]
        self.offers.append(
            Offer(interaction=self.interaction, agent=agent, queue=queue, offered_at=self.at, expires_at=expires_at)
        )
        self._record(Event.What.OFFERED, agent=agent, why=why)
        self.events[-1].by = None  # the router does not act for anybody

    def decline(self, reason: str) -> None:
        offer = self._answer(Offer.State.DECLINED, reason)
        self._record(Event.What.DECLINED, agent=offer.agent, why=reason)

    def miss(self) -> None:
        offer = self._answer(Offer.State.TIMED_OUT)
        self._record(Event.What.TIMED_OUT, agent=offer.agent)

    def accept(self) -> None:
        offer, interaction = self._answer(Offer.State.ACCEPTED), self.interaction
        interaction.agent = offer.agent
        interaction.answered_at = interaction.answered_at or self.at
        self.segments.append(
            Segment(interaction=interaction, agent=offer.agent, queue=interaction.queue, started_at=self.at)
        )
        self._notice(Message.Notice.JOINED, offer.agent)
        self._record(Event.What.ACCEPTED, agent=offer.agent)

    def transfer(self, queue: Queue, note: str) -> None:
        interaction, agent = self.interaction, self.interaction.agent
        assert agent
        self._end_segment(Segment.Ending.TRANSFERRED)
        self._say(Message.Kind.NOTE, note, agent=agent)
        interaction.queue, interaction.agent, interaction.queued_at = queue, None, self.at
        interaction.place_at = place(interaction.arrived_at, queue.priority)
        self._record(Event.What.TRANSFERRED, by=agent, why=note)
        self._notice(Message.Notice.TRANSFERRED, None)

    def end(self, *, by_customer: bool) -> None:
        agent = self.interaction.agent
        self.interaction.ended_at = self.at
        self._end_segment(Segment.Ending.ENDED)
        if by_customer:
            self._record(Event.What.ENDED, why="by the customer")
            self._notice(Message.Notice.LEFT, None)
        else:
            self._record(Event.What.ENDED, agent=agent)
            self._notice(Message.Notice.ENDED, agent)

    def wrap_up(self, disposition: Disposition) -> None:
        interaction = self.interaction
        interaction.state, interaction.closed_at = Interaction.State.CLOSED, self.at
        interaction.disposition = disposition
        self.segments[-1].wrapped_up_at = self.at
        self._record(Event.What.WRAPPED_UP, agent=interaction.agent, why=disposition.name)

    def rate(self, stars: int, comment: str) -> None:
        self.interaction.rating, self.interaction.rating_comment = stars, comment
        self._record(Event.What.RATED, why=str(stars))

    def abandon(self) -> None:
        self.interaction.state = Interaction.State.ABANDONED
        self.interaction.ended_at = self.interaction.closed_at = self.at
        self._record(Event.What.ABANDONED, why="the customer left")

    def read_to_the_end(self) -> None:
        """Both sides have seen the last line."""
        last = self.interaction.last_line
        self.interaction.agent_read = last if self.interaction.agent else 0
        self.interaction.customer_received = self.interaction.customer_read = last

    def _answer(self, state: str, reason: str = "") -> Offer:
        offer = self.offers[-1]
        offer.state, offer.reason, offer.ended_at = state, reason, self.at
        return offer

    def _end_segment(self, ending: str) -> None:
        self.segments[-1].ended_at, self.segments[-1].ending = self.at, ending

    def _notice(self, notice: str, agent: Agent | None) -> None:
        self._say(Message.Kind.SYSTEM, "", agent=agent, notice=notice)

    def _say(self, kind: str, text: str, *, agent: Agent | None = None, notice: str = "") -> Message:
        message = Message(
            interaction=self.interaction,
            seq=self.interaction.next_seq(),
            kind=kind,
            notice=notice,
            agent=agent,
            text=text,
            at=self.at,
        )
        self.messages.append(message)
        self.interaction.last_line = message.seq
        if kind != Message.Kind.NOTE:
            self.interaction.last_public_line = message.seq
        return message

    def _record(self, what: str, *, agent: Agent | None = None, by: Agent | None = None, why: str = "") -> None:
        actor = by or agent
        self.events.append(
            Event(
                interaction=self.interaction,
                seq=self.interaction.next_seq(),
                what=what,
                queue=self.interaction.queue,
                agent=agent,
                by=actor.person if actor else None,
                why=why,
                at=self.at,
            )
        )
