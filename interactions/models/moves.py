"""What the verbs are made of: a place in line, a place of an agent, who is asked first; each called within a move."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.errors import StaleState
from agents.models import Agent, Team
from contactcenter.wakeup import wake_router
from interactions import broadcasts
from interactions.models.conversation import Conversation
from interactions.models.hold import hold_and_resume
from interactions.models.message import Message
from interactions.models.offer import Exclusion
from interactions.models.queue import Ordering
from interactions.models.states import OPEN, State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from interactions.models.queue import Queue

FIRST_IN_LINE = timedelta(days=1)
PREFERRED_FOR = timedelta(seconds=60)


def place(moment: datetime, priority: int, point_counts: timedelta = timedelta(minutes=1)) -> datetime:
    """Aging score: a point of priority counts as so much waiting longer (Genesys' published rule: a minute)."""
    return moment - priority * point_counts


class Moves(Conversation):
    class Meta(Conversation.Meta):
        abstract = True

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

    def stop_ringing(self, *, why: str) -> None:
        """Withdraw all that rings; the agents are locked in order, as everywhere."""
        for offer in self.offers.pending().select_related("agent__person").order_by("agent"):
            offer.withdraw(why=why)

    def exclude(self, agent: Agent, until: datetime) -> None:
        Exclusion.objects.update_or_create(interaction_id=self.pk, agent=agent, defaults={"until": until})

    @contextmanager
    def _opening_again(self, *states: str, refusal: "StrOrPromise") -> Iterator[None]:
        """A move that is refused when its visitor has another open conversation, or begins one at the same moment."""
        try:
            with self.moving(*states):
                others = type(self)._default_manager.filter(visitor=self.visitor_id, state__in=OPEN)
                if self.visitor_id and others.exists():
                    raise StaleState(refusal)
                yield
        except IntegrityError as error:
            if "one_open_conversation_per_visitor" not in str(error):
                raise
            raise StaleState(refusal) from error

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
        self.wrap_up_requested = False
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
        self._end_leg(ending)
        self._give_up_place()
        self._shown(agent)

    def _end_leg(self, ending: str) -> None:
        now = timezone.now()
        self.segments.filter(ended_at=None).update(ended_at=now, ending=ending)
        if self.interrupted_since:
            self.held_for += now - self.interrupted_since
            self.interrupted_since = None

    def _give_up_place(self, *, worked: bool = True) -> None:
        if self.holds_place:
            self.holds_place = False
            self.handler.finish_work(self.channel, worked=worked)

    def _moved(self, before: dict[str, Any]) -> None:
        """With a place taken or given back, other work of the agent goes on hold or is taken up again."""
        if self.holds_place != before["holds_place"]:
            hold_and_resume([self.agent_id or before["agent"]])

    def _shown(self, agent: Agent | None) -> None:
        broadcasts.journey_changed(self)
        if agent:
            broadcasts.work_changed(agent.pk, self.pk)
