"""What the verbs of a call are made of: the lock, the ledger, and joining, leaving and ending within a move."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.errors import StaleState
from agents.models import Agent, Person
from contactcenter.prepared import Prepared
from interactions.calls import places
from interactions.calls.shown import show
from interactions.models.call import Call, CallEvent, CallLeg

REJOIN_WITHIN = timedelta(seconds=20)


@contextmanager
def moving(call: Call, *states: str) -> Iterator[None]:
    """Hold the lock of its interaction, see the call as it is now, refuse unless it is live (or in one of these)."""
    interaction = call.interaction
    with interaction.moving():
        call.refresh_from_db()
        call.interaction = interaction
        if not call.live or (states and call.state not in states):
            raise StaleState(_("This call has moved on."))
        yield
        settle(call)


def settle(call: Call) -> None:
    """What stands is saved and shown to everybody concerned; called within a move."""
    legs = _ever.all(call.pk)
    if call.live:
        call.state = state_of(leg for leg in legs if leg.state != CallLeg.State.LEFT)
        if call.state in (Call.State.TALKING, Call.State.HELD):
            call.answered_at = call.answered_at or timezone.now()
    call.save()
    show(call, legs)


_ever = Prepared(lambda call: CallLeg.objects.filter(call=call).select_related("agent", "person").order_by("pk"))


def state_of(live: Iterable[CallLeg]) -> str:
    """Read off the legs, so that the two never disagree."""
    legs = list(live)
    customer = next((leg for leg in legs if leg.role == CallLeg.Role.CUSTOMER), None)
    agents = [leg for leg in legs if leg.role == CallLeg.Role.AGENT and not leg.consulted]
    if customer and any(leg.there for leg in agents):
        return Call.State.HELD if customer.held else Call.State.TALKING
    return Call.State.CONNECTING if agents else Call.State.WAITING


def note(
    call: Call, what: str, leg: CallLeg | None = None, *, by: Person | None = None, why: str = "", **provider: Any
) -> CallEvent:
    """Write down what happened."""
    return CallEvent.objects.create(call=call, what=what, leg=leg, by=by, why=why[:300], **provider)


def look(leg: CallLeg) -> None:
    """See a leg as it is now, within a move of its call; refuse when it is over."""
    leg.refresh_from_db(fields=[f.attname for f in leg._meta.concrete_fields if not f.is_relation])
    if leg.state == CallLeg.State.LEFT:
        raise StaleState(_("You are no longer in this call."))


def ask(call: Call, agent: Agent, *, within: timedelta = REJOIN_WITHIN, consulted: bool = False) -> CallLeg:
    """An agent is to come to the line; who is there already stays."""
    leg = call.legs.live().filter(agent=agent, role=CallLeg.Role.AGENT).first()
    if leg is None:
        back_by = timezone.now() + within
        leg = call.legs.create(role=CallLeg.Role.AGENT, agent=agent, consulted=consulted, back_by=back_by)
    return leg


def go(leg: CallLeg, *, why: str = "", by: Person | None = None) -> None:
    """They are off the line, and with an agent whoever took part through their page."""
    now = timezone.now()
    for gone in [leg, *leg.coaches.live()]:
        gone.state, gone.left_at, gone.back_by, gone.why = CallLeg.State.LEFT, now, None, why[:120]
        gone.held = gone.muted = False
        helped, gone.holds_place = gone.holds_place, False
        gone.save()
        if helped:
            places.give_back(gone)
        gone.recordings.filter(state__in=["recording", "paused"]).update(state="stopped")
        note(leg.call, CallEvent.What.LEFT, gone, by=by, why=why)


def finish(call: Call, *, why: str, by: Person | None = None) -> None:
    """Everybody is off the line."""
    if not call.live:
        return
    for leg in call.legs.live().select_related("call"):
        leg.call = call
        go(leg, why=why)
    call.state, call.ended_at = Call.State.ENDED, timezone.now()
    note(call, CallEvent.What.ENDED, by=by, why=why)
    interaction = call.interaction
    interaction.on_call = False
    type(interaction).objects.filter(pk=interaction.pk).update(on_call=False)
