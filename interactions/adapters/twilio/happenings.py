"""What Twilio tells of a call and of those in its room, at least once and in any order, as moves of our call.

Each is known by CallSid, event and SequenceNumber. What is older than what was already heard of the same participant is
written down and moves nothing. Whoever is gone from the room without having hung up at the desk has lost their page.
"""

from typing import Any

from agents.errors import StaleState
from interactions.adapters.twilio import recording
from interactions.adapters.twilio.locks import held
from interactions.calls import line
from interactions.calls.news import first_told
from interactions.models import Call, CallEvent, CallLeg

What = CallEvent.What
JOIN, LEAVE, END = "participant-join", "participant-leave", "conference-end"
KNOWN = {
    "conference-start": What.BEGAN,
    END: What.ENDED,
    JOIN: What.JOINED,
    LEAVE: What.LEFT,
    "participant-hold": What.HELD,
    "participant-unhold": What.RETRIEVED,
    "participant-mute": What.MUTED,
    "participant-unmute": What.UNMUTED,
    "participant-modify": What.SUPERVISED,
}
# A line that is closed, by Twilio's CallStatus, and our word for why.
OVER = {
    "completed": "hung up",
    "busy": "was busy",
    "no-answer": "did not answer",
    "failed": "could not be reached",
    "canceled": "called off",
}


def number_of(form: Any) -> int:
    given = form.get("SequenceNumber", "")
    return int(given) if given.isdecimal() and len(given) < 9 else 0


def in_the_room(call: Call, form: Any) -> None:
    """A webhook of the conference."""
    event, sid, number = form.get("StatusCallbackEvent", ""), form.get("CallSid", "")[:34], number_of(form)
    room = form.get("ConferenceSid", "")[:34]
    if event not in KNOWN or not room:
        return
    with held(call):
        Call.objects.filter(pk=call.pk, room="").update(room=room)
        leg = _leg_of(call, sid, form.get("ParticipantLabel", ""))
        late = leg is not None and _heard_later(leg, number)
        if not first_told(call, KNOWN[event], f"{room}:{sid}:{event}:{number}", number=number, leg=leg):
            return
        if event == END:
            _over(call, room)
        elif leg and not late and leg.state != CallLeg.State.LEFT:
            _moved(call, leg, event)


def _leg_of(call: Call, sid: str, label: str) -> CallLeg | None:
    """Whose line this is. A telephone we had rung may be in the room before we were told its CallSid."""
    if label == "customer" and sid:
        call.legs.live().filter(role=CallLeg.Role.CUSTOMER, sid="").update(sid=sid)
    return call.legs.filter(sid=sid).first() if sid else None


def _heard_later(leg: CallLeg, number: int) -> bool:
    told = CallEvent.objects.filter(leg=leg, provider=Call.Provider.TWILIO, number__gt=number)
    return told.filter(what__in=[What.JOINED, What.LEFT]).exists()


def _moved(call: Call, leg: CallLeg, event: str) -> None:
    leg.call = call
    try:
        if event == JOIN:
            line.join(leg)
            recording.begin_when_talking(call)
        elif event == LEAVE and leg.role == CallLeg.Role.CUSTOMER:
            line.hang_up(leg)
        elif event == LEAVE and leg.role == CallLeg.Role.AGENT:
            line.lose(leg)
        elif event == LEAVE:
            line.leave(leg, why="left")
    except StaleState:
        return  # it has gone on without this


def _over(call: Call, room: str) -> None:
    if call.room in ("", room):
        end(call, why="the room was closed")


def of_the_caller(call: Call, form: Any) -> None:
    """A webhook of the caller's own line: whatever else was told, when it is over the call is."""
    status, number = form.get("CallStatus", ""), number_of(form)
    if status not in OVER:
        return
    with held(call):
        if first_told(call, What.LEFT, f"{call.sid}:{status}:{number}", why=status):
            end(call, why=OVER[status])


def of_the_called(call: Call, form: Any) -> None:
    """A webhook of the telephone that we had rung."""
    status, sid, number = form.get("CallStatus", ""), form.get("CallSid", "")[:34], number_of(form)
    if status not in OVER or not sid:
        return
    with held(call):
        _leg_of(call, sid, "customer")
        mine = call.legs.filter(role=CallLeg.Role.CUSTOMER, sid=sid).exists()
        if mine and first_told(call, What.LEFT, f"{sid}:{status}:{number}", why=status):
            end(call, why=OVER[status])


def end(call: Call, *, why: str) -> None:
    """The caller is off the line. A call that goes on as a call-back, or was ended already, is left alone."""
    leg = call.legs.live().filter(role=CallLeg.Role.CUSTOMER).first()
    if leg is None:
        return
    leg.call = Call.objects.select_related("interaction__queue").get(pk=call.pk)
    try:
        line.hang_up(leg, why=why)
    except StaleState:
        return
