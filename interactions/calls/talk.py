"""While they speak: hold, mute, keys, colleagues asked in private or into the conference, supervisors, recording."""

import re
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from agents.errors import StaleState
from agents.models import Agent, Person
from interactions.calls.line import pass_on
from interactions.calls.moves import ask, go, look, moving, note
from interactions.calls.shown import tell
from interactions.models.call import Call, CallEvent, CallLeg

MOST = 4  # who talk together; each sends to each
RINGS = timedelta(seconds=30)
DIGITS = re.compile(r"[0-9*#A-D]{1,32}")


def hold(leg: CallLeg, on: bool, *, by: CallLeg) -> None:
    """The customer waits with music, a colleague in silence; nobody is heard by them nor hears them."""
    with moving(leg.call):
        look(leg)
        if by.role != CallLeg.Role.AGENT or by.consulted or leg.role == CallLeg.Role.SUPERVISOR:
            raise StaleState(_("Only who speaks with the customer can do this."))
        if leg.held != on:
            leg.held = on
            leg.save()
            note(leg.call, CallEvent.What.HELD if on else CallEvent.What.RETRIEVED, leg, by=_person(by))


def mute(leg: CallLeg, on: bool) -> None:
    """Nobody hears them; they hear all."""
    with moving(leg.call):
        look(leg)
        if leg.muted != on:
            leg.muted = on
            leg.save()
            note(leg.call, CallEvent.What.MUTED if on else CallEvent.What.UNMUTED, leg)


def press(leg: CallLeg, digits: str) -> None:
    """Keys of the telephone; told to the others, who hear nothing of it. What was pressed is nobody's to keep."""
    if not DIGITS.fullmatch(digits):
        raise StaleState(_("These are no keys of a telephone."))
    with moving(leg.call):
        look(leg)
        note(leg.call, CallEvent.What.DIGITS, leg, why=str(len(digits)))
        for other in leg.call.legs.live().exclude(pk=leg.pk).exclude(role=CallLeg.Role.SUPERVISOR):
            tell(other, {"type": "call.digits", "from": leg.peer, "digits": digits})


def consult(leg: CallLeg, colleague: Agent) -> CallLeg:
    """Ask a colleague in private while the customer waits with music."""
    with moving(leg.call):
        look(leg)
        call = leg.call
        if leg.role != CallLeg.Role.AGENT or leg.consulted:
            raise StaleState(_("Only who speaks with the customer can do this."))
        talking = call.legs.live().exclude(role=CallLeg.Role.SUPERVISOR)
        if talking.count() >= MOST:
            raise StaleState(_("Four at most talk together."))
        if talking.filter(agent=colleague).exists():
            raise StaleState(_("They are in this call already."))
        if CallLeg.objects.live().filter(agent=colleague).exists():
            raise StaleState(_("They are in another call."))
        for customer in talking.filter(role=CallLeg.Role.CUSTOMER, held=False):
            customer.held = True
            customer.save()
            note(call, CallEvent.What.HELD, customer, by=_person(leg))
        asked = ask(call, colleague, within=RINGS, consulted=True)
        note(call, CallEvent.What.CONSULTED, asked, by=_person(leg))
    return asked


def merge(leg: CallLeg) -> None:
    """All who are on the line talk together."""
    with moving(leg.call):
        look(leg)
        if leg.role != CallLeg.Role.AGENT or leg.consulted:
            raise StaleState(_("Only who speaks with the customer can do this."))
        here = leg.call.legs.live().filter(state=CallLeg.State.JOINED)
        if not here.filter(consulted=True).exists():
            raise StaleState(_("Nobody to bring in is on the line yet."))
        here.update(consulted=False, held=False)
        note(leg.call, CallEvent.What.MERGED, leg, by=_person(leg))


def hand_over(leg: CallLeg) -> None:
    """Warm transfer: the colleague who was asked has the work and the customer from now on; the agent leaves."""
    asked = leg.call.legs.live().filter(role=CallLeg.Role.AGENT, state=CallLeg.State.JOINED).exclude(pk=leg.pk)
    colleague = asked.select_related("agent__person").order_by("joined_at").last()
    if colleague is None or colleague.agent is None or leg.agent is None:
        raise StaleState(_("Nobody to hand over to is on the line yet."))
    pass_on(leg, colleague.agent, why="handed over")


def refuse(leg: CallLeg) -> None:
    """A colleague who was asked has no time."""
    with moving(leg.call):
        look(leg)
        note(leg.call, CallEvent.What.REFUSED, leg)
        go(leg, why="refused")


def supervise(call: Call, person: Person, mode: str) -> CallLeg:
    """A supervisor listens in on the agent who has the work, whispers to them, or talks along."""
    with moving(call, Call.State.TALKING, Call.State.HELD):
        through = call.legs.live().filter(role=CallLeg.Role.AGENT, agent=call.interaction.agent_id).first()
        if mode not in CallLeg.Mode.values or through is None or through.handler.person_id == person.pk:
            raise StaleState(_("There is nobody to listen to."))
        leg = call.legs.live().filter(role=CallLeg.Role.SUPERVISOR, person=person).first()
        if leg is None:
            leg = CallLeg(call=call, role=CallLeg.Role.SUPERVISOR, person=person, state=CallLeg.State.JOINING)
        leg.mode, leg.via = mode, through
        leg.save()
        note(call, CallEvent.What.SUPERVISED, leg, by=person, why=mode)
    return leg


def pause_recording(leg: CallLeg, paused: bool) -> None:
    """Nothing is recorded while a card number is said."""
    with moving(leg.call):
        look(leg)
        if leg.role != CallLeg.Role.AGENT or leg.consulted:
            raise StaleState(_("Only who speaks with the customer can do this."))
        leg.call.recording_paused = paused
        note(leg.call, CallEvent.What.RECORDING, leg, by=_person(leg), why="paused" if paused else "goes on")


def _person(leg: CallLeg) -> Person | None:
    return leg.agent.person if leg.agent else leg.person
