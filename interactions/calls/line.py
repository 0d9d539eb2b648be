"""To begin a call, come to the line, lose it, come back, and hang up."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.errors import StaleState
from agents.models import Agent, Channel, Person
from interactions.calls import places
from interactions.calls.moves import REJOIN_WITHIN, finish, go, look, moving, note, state_of
from interactions.calls.shown import show
from interactions.models.call import Call, CallEvent, CallLeg, live_call
from interactions.models.message import Message
from interactions.models.states import State

if TYPE_CHECKING:
    from interactions.models.interaction import Interaction
    from interactions.models.number import Number

NOBODY_LEFT_FOR = timedelta(minutes=2)  # no page of the call is connected: more likely we are the ones who were away


@dataclass(frozen=True)
class Telephone:
    """What a customer speaks by, where it is no page of ours: their number, the one of ours that it reached or is
    reached by, and the provider's name for the line; `there`: they are on it already."""

    number: str = ""
    ours: "Number | None" = None
    sid: str = ""
    there: bool = False

    def leg(self, call: Call) -> CallLeg:
        leg = CallLeg(call=call, role=CallLeg.Role.CUSTOMER, sid=self.sid, number=self.number)
        if self.there:
            leg.state, leg.page, leg.joined_at = CallLeg.State.JOINED, 1, timezone.now()
        else:
            leg.back_by = timezone.now() + REJOIN_WITHIN
        return leg


def start(interaction: "Interaction", provider: str, *, consented: bool, by: Telephone | None = None) -> Call:
    """The customer wants to speak: in line for somebody who can, or with the agent they write with; asked again, the
    call that is there."""
    with interaction.moving(State.QUEUED, State.OFFERED, State.ACTIVE):
        by = by or Telephone()
        return live_call(interaction) or begin(interaction, provider, consented=consented, by=by)


def begin(interaction: "Interaction", provider: str, *, consented: bool, by: Telephone) -> Call:
    """The first call of an interaction, within a move."""
    was = "" if interaction.channel == Channel.VOICE or not _written(interaction) else interaction.channel
    if interaction.state == State.ACTIVE and not _takes_calls(interaction.handler):
        raise StaleState(_("Your colleague here cannot take calls. Please go on in writing."))
    if interaction.state != State.ACTIVE:
        interaction.change_channel(Channel.VOICE)
    call = Call(interaction=interaction, provider=provider, was=was, consented=consented)
    call.sid, call.number = by.sid, by.ours
    legs = [by.leg(call)]
    if interaction.state == State.ACTIVE:
        legs.append(CallLeg(call=call, role=CallLeg.Role.AGENT, agent=interaction.handler))  # rings until answered
    call.state = state_of(legs)
    call.save(force_insert=True)
    CallLeg.objects.bulk_create(legs)
    events = [CallEvent(call=call, what=CallEvent.What.BEGAN)]
    if by.there:
        events.append(CallEvent(call=call, what=CallEvent.What.JOINED, leg=legs[0]))
    CallEvent.objects.bulk_create(events)
    interaction.on_call = True
    interaction.notice(Message.Notice.CALLED)
    show(call, legs)
    return call


def _takes_calls(agent: Agent) -> bool:
    """And their phone was found to work."""
    return bool((voice := agent.voice) and voice.phone_passed)


def _written(interaction: "Interaction") -> bool:
    return interaction.state == State.ACTIVE or interaction.messages.filter(kind=Message.Kind.INBOUND).exists()


def join(leg: CallLeg, page: int | None = None) -> CallLeg:
    """A page takes its place; `page` is its number when it was there before and only its socket is new."""
    with moving(leg.call):
        look(leg)
        call, again = leg.call, leg.state == CallLeg.State.JOINED
        same = again and page == leg.page
        leg.state, leg.back_by = CallLeg.State.JOINED, None
        if not same:
            leg.page += 1
            leg.joined_at = timezone.now()
            leg.recordings.filter(state__in=["recording", "paused"], page__gt=0).update(state="stopped")  # by a page
        interaction = call.interaction
        if not again and leg.role == CallLeg.Role.AGENT and interaction.agent_id != leg.agent_id:
            places.take(leg)
        leg.save()
        note(call, CallEvent.What.BACK if again else CallEvent.What.JOINED, leg)
        if leg.role == CallLeg.Role.AGENT and interaction.agent_id == leg.agent_id:
            interaction.change_channel(Channel.VOICE)
    return leg


def lose(leg: CallLeg, page: int | None = None) -> None:
    """Its page cannot be reached; it is waited for, and sound that still flows is not touched."""
    with moving(leg.call):
        look(leg)
        if leg.state != CallLeg.State.JOINED or leg.back_by or (page is not None and page != leg.page):
            return
        leg.back_by = timezone.now() + REJOIN_WITHIN
        leg.save()
        note(leg.call, CallEvent.What.LOST, leg)


def still_heard(leg: CallLeg) -> None:
    """Somebody on the line hears it although its page cannot be reached: it is waited for a while longer."""
    if CallLeg.objects.live().filter(pk=leg.pk, back_by__isnull=False).update(back_by=timezone.now() + REJOIN_WITHIN):
        leg.refresh_from_db(fields=["back_by"])


@transaction.atomic
def give_up(leg: CallLeg) -> None:
    """It was waited for long enough: without its agent the call is first in line, without its customer it is over. One
    who comes back meanwhile waits for this to be decided."""
    call = leg.call
    with moving(call):
        look(leg)
        now = timezone.now()
        if leg.back_by is None or leg.back_by > now:
            raise StaleState(_("They are back."))
        if _nobody_reachable(call) and call.began_at > now - NOBODY_LEFT_FOR:
            leg.back_by = now + REJOIN_WITHIN
            leg.save()
            return
    if leg.role == CallLeg.Role.CUSTOMER:
        hang_up(leg, why="the customer's page is gone")
    elif leg.role == CallLeg.Role.AGENT and call.interaction.agent_id == leg.agent_id:
        call.interaction.lose_agent(why="the agent's page is gone")
    else:
        leave(leg, why="did not come")


def _nobody_reachable(call: Call) -> bool:
    return not call.legs.live().filter(state=CallLeg.State.JOINED, back_by=None).exists()


def leave(leg: CallLeg, *, why: str = "", by: Person | None = None) -> None:
    """One of several goes; the call goes on."""
    with moving(leg.call):
        look(leg)
        go(leg, why=why, by=by)


def pass_on(leg: CallLeg, to: Agent, *, why: str) -> None:
    """Another on the line has the work and the customer from now on, and this agent goes; both at once, for a screen
    drawn in between would show, and come back to, a line that is over for them."""
    with transaction.atomic():
        leg.call.interaction.hand_over(to, by=leg.handler)
        leave(leg, why=why)


def hang_up(leg: CallLeg, *, why: str = "hung up") -> None:
    """The customer or the agent who has the work ends the call: with it the work, unless it was written before, and
    then it is again. Another agent who is on the line takes over; anybody else only leaves."""
    call, interaction = leg.call, leg.call.interaction
    interaction.refresh_from_db()
    owner = leg.role == CallLeg.Role.AGENT and interaction.agent_id == leg.agent_id
    if leg.role != CallLeg.Role.CUSTOMER and not owner:
        leave(leg, why=why)
    elif owner and (other := _takes_over(call, leg)):
        pass_on(leg, other.handler, why=why)
    elif call.was or (leg.role == CallLeg.Role.CUSTOMER and interaction.state in (State.WRAP_UP, State.CLOSED)):
        back_to_writing(call, why=why, by=leg.agent.person if leg.agent else None)
    elif owner:
        interaction.end(by=leg.handler)
    else:
        interaction.leave()


def back_to_writing(call: Call, *, why: str, by: Person | None = None) -> None:
    """The call is over and the conversation goes on in writing."""
    with moving(call):
        finish(call, why=why, by=by)
        interaction = call.interaction
        interaction.notice(Message.Notice.CALL_OVER)
        if interaction.state in (State.QUEUED, State.OFFERED, State.ACTIVE):
            interaction.change_channel(call.was or Channel.CHAT)


def _takes_over(call: Call, leg: CallLeg) -> CallLeg | None:
    """Who speaks with the customer as well."""
    others = call.legs.live().filter(role=CallLeg.Role.AGENT, state=CallLeg.State.JOINED, consulted=False)
    return others.exclude(pk=leg.pk).select_related("agent__person").order_by("joined_at").first()
