"""What a queue lets wait, and what becomes of the rest: overflow, nobody there, closed, set aside.

A line that is too long or too slow, or that nobody attends, does what its queue says: go on to another queue, ask the
customer for a message or for a number to call back, or ask informal employees. Going on follows `overflow_to`, to each
queue at most once; a way that leads nowhere ends with a message. Always with an event, and the customer is told.
"""

import re
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from agents.errors import StaleState
from agents.models import Agent, Person
from contactcenter.wakeup import wake_router
from interactions.lines.attendance import attended
from interactions.lines.estimate import estimated_wait
from interactions.models.customer import Address
from interactions.models.event import Event
from interactions.models.journey import Journey
from interactions.models.message import Message
from interactions.models.queue import NoAgent, Overflow, Queue
from interactions.models.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

HEADROOM = 5  # transfers may go a fifth beyond the longest line (Amazon Connect's published buffer)

FULL, TOO_LONG, NOBODY = "the line is full", "waited too long", "nobody is at work"
CLOSED, EMERGENCY = "the queue is closed", "closed for an emergency"

TOLD: dict[str, tuple[str, "StrOrPromise"]] = {
    FULL: (Message.Notice.BUSY, _("All our colleagues are busy right now.")),
    TOO_LONG: (Message.Notice.BUSY, _("All our colleagues are busy right now.")),
    NOBODY: (Message.Notice.NOBODY, _("Nobody is at work right now.")),
    CLOSED: (Message.Notice.CLOSED, _("We are closed now.")),
    EMERGENCY: (Message.Notice.EMERGENCY, _("We are closed now.")),
}
LEAVE_MESSAGE = _("Leave your message here and we will answer it; you need not wait.")
LEAVE_NUMBER = _("Write the number at which we may call you back; you need not wait.")
WILL_CALL = _("We will call you back at the number you gave.")

# A number as people write it: 6 to 15 digits (E.164's most), with what they put between them.
PHONE = re.compile(r"(?<![\d+])\+?\(?\d(?:[\s()./-]{0,3}\d){5,14}(?![\s()./-]{0,3}\d)")

# In the order of its index, waiting_for_how_long: a bitmap of it would be read to the end of the line.
WAITING = """
    select count(*) from (
        select 1 from interactions_interaction where state = 'queued' and queue_id = %s and live and id <> %s
        order by channel, queued_at limit %s
    ) waiting
"""


class Rule(NamedTuple):
    """What a queue does with work that it does not let wait, and why."""

    action: str
    why: str


def waiting(queue: Queue, at_most: int, besides: int = 0) -> int:
    """How many wait on this queue's line, counted no further than this, by an index that holds no others."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [queue.pk, besides, at_most])
        return cursor.fetchone()[0]


def shut(queue: Queue, now: datetime) -> str:
    """Why the queue is closed; empty while it is open."""
    return "" if queue.open_at(now) else EMERGENCY if queue.emergency else CLOSED


def rule_of(queue: Queue, channel: str, now: datetime, besides: int) -> Rule | None:
    """What becomes of work that enters the line now; None: it waits. In a burst a line may get a few longer."""
    if queue.no_agent_action != NoAgent.WAIT:
        why = shut(queue, now) or ("" if attended(queue.pk, channel) else NOBODY)
        if why:
            return Rule(queue.no_agent_action, why)
    if queue.longest_line and waiting(queue, queue.longest_line, besides) >= queue.longest_line:
        return Rule(queue.overflow_action, FULL)
    return None


class Limits(Journey):
    class Meta(Journey.Meta):
        abstract = True

    def _arrived(self, queue: Queue) -> None:
        if not self.live:
            return
        if rule := rule_of(queue, self.channel, timezone.now(), self.pk):
            self._overflow(queue, rule)
        if self.live:
            self.estimated_wait = estimated_wait(self)

    def transfer_to(self, queue: Queue, *, by: Agent, agent: Agent | None = None, note: str = "") -> None:
        if queue.longest_line and agent is None:
            most = queue.longest_line + queue.longest_line // HEADROOM
            if waiting(queue, most) >= most:
                raise StaleState(_("The line of %s is full. Choose another queue, or a colleague.") % queue)
        super().transfer_to(queue, by=by, agent=agent, note=note)

    def overflow(self, queue: Queue, rule: Rule) -> None:
        """The sweep found that it may not wait in this queue any longer."""
        with self.moving(State.QUEUED):
            if not self.live or self.queue_id != queue.pk:
                raise StaleState(_("This conversation has moved on."))
            self._overflow(queue, rule)

    def tell_emergency(self, text: str) -> None:
        """Whoever waits learns at once why nobody comes."""
        with self.moving(State.QUEUED, State.OFFERED):
            self._tell(Message.Notice.EMERGENCY, text)

    def set_aside(self, *, why: str) -> None:
        """Out of the line, to where supervisors see it: nobody took it in its time, or the router cannot read it.

        Works for rows that no verb has made, too.
        """
        with self.moving(State.QUEUED, State.OFFERED):
            self.stop_ringing(why=why)
            self.state, self.set_aside_why, self.ended_at = State.SET_ASIDE, why[:300], timezone.now()
            self.agent = self.preferred_agent = self.preferred_team = self.returned_from = None
            self.preferred_until = self.parked_until = None
            self.last_seq = max(self.last_seq, *(self._highest(rows) for rows in (self.events, self.messages)))
            self.record(Event.What.SET_ASIDE, why=why)
            self._shown(None)

    def put_back(self, *, by: Person) -> None:
        """In line again, with its age; nobody is on the line unless their page is open."""
        another = _("The customer has begun another conversation; close this one.")
        with self._opening_again(State.SET_ASIDE, refusal=another):
            if self.queue_id is None:
                raise StaleState(_("It belongs to no queue, so there is no line to put it in; close it."))
            gone = timezone.now() - self.queue.abandoned_after
            self.live = self.live and self.visitor is not None and self.visitor.seen_at > gone
            self.set_aside_why, self.ended_at = "", None
            self._enter_queue(self.queue, place_from=self.place_from)
            self.record(Event.What.REQUEUED, by=by)

    def close_set_aside(self, *, by: Person) -> None:
        """Nothing is left to be done about it."""
        with self.moving(State.SET_ASIDE):
            why, self.set_aside_why = self.set_aside_why, ""
            self.state, self.closed_at = State.CLOSED, timezone.now()
            self.record(Event.What.WRAPPED_UP, by=by, why=why)
            self._shown(None)

    def be_called_back(self, number: str) -> None:
        """The caller will not wait on the line: they keep their place, and are called there."""
        with self.moving(State.QUEUED, State.OFFERED):
            self.live, self.call_back, self.estimated_wait = False, number, None
            self._tell(Message.Notice.WILL_CALL, WILL_CALL)

    def rings_again(self) -> None:
        """Whoever waited to be called back has called: they are on the line, in the place they kept."""
        with self.moving(State.QUEUED, State.OFFERED):
            self.live, self.call_back = True, ""
            wake_router(queue=self.queue_id)

    def _customer_wrote(self) -> None:
        super()._customer_wrote()
        if self.state in (State.QUEUED, State.OFFERED) and not self.live and not self.call_back:
            self._find_number()

    # parts of moves

    def _overflow(self, queue: Queue, rule: Rule) -> None:
        been = self._been_in()
        while rule.action == Overflow.QUEUE:
            target = queue.overflow_to
            if target is None or target.pk in been:
                rule = Rule(Overflow.MESSAGE, rule.why)
                break
            been.add(target.pk)
            self.priority = target.priority + (self.entry_point.priority if self.entry_point else 0)
            self._enter_queue(target, place_from=self.place_from)
            self.record(Event.What.OVERFLOWED, why=rule.why, queue=target)
            queue, found = target, rule_of(target, self.channel, timezone.now(), self.pk)
            if found is None:
                return
            rule = found
        self.record(Event.What.OVERFLOWED, why=rule.why)
        if rule.action != Overflow.INFORMAL:
            self._ask(queue, rule)

    def _been_in(self) -> set[int]:
        """The queues it has been in since it arrived, or was last transferred by somebody."""
        been = {self.queue_id}
        moves = self.events.filter(what__in=[Event.What.ARRIVED, Event.What.TRANSFERRED, Event.What.OVERFLOWED])
        for what, queue in moves.order_by("seq").values_list("what", "queue"):
            been = been | {queue} if what == Event.What.OVERFLOWED else {self.queue_id, queue}
        return been

    def _ask(self, queue: Queue, rule: Rule) -> None:
        """From now on it is a message that was left; told why, and what for."""
        self.live, self.estimated_wait = False, None
        notice, reason = TOLD[rule.why]
        if rule.why == EMERGENCY and queue.emergency_text:
            reason = queue.emergency_text
        asked = LEAVE_MESSAGE
        if rule.action == Overflow.CALLBACK:
            phones = self.customer.addresses.filter(kind=Address.Kind.PHONE).order_by("-verified", "-pk")
            self.call_back = phones.values_list("value", flat=True).first() or ""
            notices = Message.Notice
            notice, asked = (notices.WILL_CALL, WILL_CALL) if self.call_back else (notices.CALL_BACK, LEAVE_NUMBER)
        self._tell(notice, reason, asked)
        self._shown(None)

    def _find_number(self) -> None:
        """The customer's answer to being asked for a number; taken from their last line."""
        said = self.messages.filter(kind=Message.Kind.INBOUND).order_by("-seq").values_list("text", flat=True).first()
        found = PHONE.search(said or "")
        if found and self.messages.filter(notice=Message.Notice.CALL_BACK).exists():
            number = re.sub(r"[^\d+]", "", found[0])
            self.call_back = number
            self.customer.remember_address(Address.Kind.PHONE, number)
            self._tell(Message.Notice.WILL_CALL, WILL_CALL)

    def _tell(self, notice: str, *texts: "StrOrPromise") -> None:
        """A line by the system in the customer's language, kept as it was told."""
        with translation.override(self.language or settings.LANGUAGE_CODE):
            self._add(Message.Kind.SYSTEM, " ".join(str(text) for text in texts), notice=notice)

    @staticmethod
    def _highest(numbered: "object") -> int:
        return numbered.order_by("-seq").values_list("seq", flat=True).first() or 0  # type: ignore[attr-defined]
