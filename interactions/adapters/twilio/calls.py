"""The webhooks of telephone calls: the database is asked and written to, nothing else, and TwiML answers at once."""

import logging
from typing import Any

from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from agents.errors import StaleState
from agents.models import Channel
from interactions.adapters.twilio import arriving, happenings, keys, recording, twiml
from interactions.adapters.twilio.signature import twilio_webhook
from interactions.adapters.twilio.tokens import leg_of
from interactions.lines.estimate import place_in_line
from interactions.models import Call, CallLeg, Number, PhoneGrant
from interactions.models.states import State

log = logging.getLogger(__name__)


def _twiml(words: str) -> HttpResponse:
    return HttpResponse(words, content_type="text/xml")


def _sid(form: Any) -> str:
    sid = form.get("CallSid", "")
    if not 0 < len(sid) <= 34:
        raise Http404
    return str(sid)


def _called(form: Any) -> Number:
    number = Number.objects.reached(Channel.VOICE, form.get("To", ""))
    if number is None:
        log.error("a call came for a number that is none of ours", extra={"to": form.get("To", "")[:34]})
        raise Http404
    return number


def _call(pk: int) -> Call:
    calls = Call.objects.select_related("interaction__queue", "interaction__entry_point", "number")
    return get_object_or_404(calls, pk=pk, provider=Call.Provider.TWILIO)


@twilio_webhook
def voice(request: HttpRequest) -> HttpResponse:
    number = _called(request.POST)
    return _twiml(arriving.answer(number, _sid(request.POST), arriving.caller_of(request.POST)))


@twilio_webhook
def menu(request: HttpRequest) -> HttpResponse:
    number, tried = _called(request.POST), request.GET.get("tries", "0")
    pressed = request.POST.get("Digits", "")
    caller = arriving.caller_of(request.POST)
    return _twiml(arriving.choose(number, _sid(request.POST), caller, pressed, tries=int(tried == "1")))


@twilio_webhook
def wait(request: HttpRequest, pk: int) -> HttpResponse:
    """What a caller hears until somebody comes."""
    call = _call(pk)
    return _twiml(twiml.music(call.number, _place(call), again=twiml.address("twilio-wait", pk)))


@twilio_webhook
def hold(request: HttpRequest) -> HttpResponse:
    return _twiml(twiml.music(None, again=twiml.address("twilio-hold")))


@twilio_webhook
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """What a caller hears, and may press, in the line with keys."""
    call = _call(pk)
    if call.number is None or not call.live:
        return _twiml(twiml.leave())
    return _twiml(twiml.line(call, call.number, _place(call)))


@twilio_webhook
def key(request: HttpRequest, pk: int) -> HttpResponse:
    return _twiml(keys.press(_call(pk), request.POST.get("Digits", "")))


@twilio_webhook
def after(request: HttpRequest, pk: int) -> HttpResponse:
    """The caller is out of the room or the line: said goodbye to, asked for a message, or gone."""
    call = _call(pk)
    if request.POST.get("QueueResult") == "leave":
        return _twiml(keys.left(call))
    if request.POST.get("QueueResult") not in ("redirected", "redirected-from-bridged"):
        happenings.end(call, why="left the room")
    return _twiml(twiml.farewell(None))


@twilio_webhook
def instead(request: HttpRequest, pk: int) -> HttpResponse:
    """The line lets nobody wait any longer: the caller is told, and asked for a message."""
    return _twiml(keys.left(_call(pk)))


@twilio_webhook
def join(request: HttpRequest, pk: int) -> HttpResponse:
    call = _call(pk)
    return _twiml(twiml.to_the_room(call) if call.live else twiml.farewell(None))


@twilio_webhook
def goodbye(request: HttpRequest) -> HttpResponse:
    return _twiml(twiml.farewell(None))


@twilio_webhook
def status(request: HttpRequest) -> HttpResponse:
    """Of the caller's line; nothing is known of one that hung up in the menu."""
    if call := arriving.known(_sid(request.POST)):
        happenings.of_the_caller(call, request.POST)
    return HttpResponse(status=204)


@twilio_webhook
def rung(request: HttpRequest, pk: int) -> HttpResponse:
    """Of a telephone that we had rung."""
    happenings.of_the_called(_call(pk), request.POST)
    return HttpResponse(status=204)


@twilio_webhook
def conference(request: HttpRequest, pk: int) -> HttpResponse:
    happenings.in_the_room(_call(pk), request.POST)
    return HttpResponse(status=204)


@twilio_webhook
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody hears who was called, once they have answered."""
    return _twiml(twiml.notice(_call(pk).number))


@twilio_webhook
def recorded(request: HttpRequest, pk: int) -> HttpResponse:
    recording.hear(_call(pk), request.POST)
    return HttpResponse(status=204)


@twilio_webhook
def agent(request: HttpRequest) -> HttpResponse:
    """An agent's page dials in, to come to the one call it was asked to, and to nothing else."""
    identity = request.POST.get("From", "").removeprefix("client:")
    holder = PhoneGrant.objects.holder(identity)
    try:
        leg = leg_of(request.POST.get("leg") or request.GET.get("leg", ""))
    except (BadSignature, CallLeg.DoesNotExist):
        leg = None
    if holder is None or leg is None or not _is_theirs(leg, holder):
        log.warning("a telephone was refused", extra={"identity": identity[:64]})
        return _twiml(twiml.refusal())
    if leg.consulted and not _customer_is_held(leg.call):
        return _twiml(twiml.once_more(twiml.agents_address(leg)))
    try:
        _dials_in(leg, _sid(request.POST))
    except StaleState:
        return _twiml(twiml.refusal())
    return _twiml(twiml.agents_room(leg))


def _is_theirs(leg: CallLeg, holder: Any) -> bool:
    owner = leg.agent.person_id if leg.agent else leg.person_id
    return bool(owner == holder.pk)


def _dials_in(leg: CallLeg, sid: str) -> None:
    """From now on this is the leg's line; one that was before it counts no more."""
    if not CallLeg.objects.live().filter(pk=leg.pk).update(sid=sid, carried={}):
        raise StaleState
    leg.sid = sid


def _customer_is_held(call: Call) -> bool:
    """Twilio has said so: before that nobody who is asked in private comes into the room."""
    customers = call.legs.live().filter(role=CallLeg.Role.CUSTOMER)
    return all(leg.carried.get("hold") for leg in customers)


def _place(call: Call) -> int | None:
    waits = call.interaction.state in (State.QUEUED, State.OFFERED) and call.interaction.live
    return place_in_line(call.interaction) if waits else None
