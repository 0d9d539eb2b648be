"""A caller comes in: one call and one interaction for each CallSid, whatever comes twice or late."""

import re
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agents.models import Channel
from contactcenter.prepared import Prepared
from interactions.adapters.twilio import people, twiml
from interactions.calls import line
from interactions.calls.moves import finish, moving
from interactions.models import Call, CallLeg, Customer, EntryPoint, Interaction, MenuKey, Number
from interactions.models.call import live_call
from interactions.models.limits import TOLD, WILL_CALL
from interactions.models.states import State

E164 = re.compile(r"\+[1-9]\d{6,14}")
_of_sid = Prepared(
    lambda sid: Call.objects.select_related("interaction__queue", "interaction__entry_point", "number").filter(
        provider=Call.Provider.TWILIO, sid=sid
    )
)
WHY_NOT = dict(TOLD.values())
MOST_TRIES = 2  # of the menu, then it goes where the number's calls go


def caller_of(form: Any) -> str:
    """The number somebody calls from; nothing else of what a caller may choose is believed, or even kept."""
    given = form.get("From", "")
    return given if E164.fullmatch(given) else ""


@transaction.atomic
def answer(number: Number, sid: str, caller: str) -> str:
    """What a call that comes in hears first."""
    people.one_at_a_time(caller or sid)
    if call := known(sid):
        return _answer_again(call, number)
    if number.has_menu:  # type: ignore[attr-defined]
        return twiml.menu(number, number.menu.all(), tries=0)
    assert number.calls is not None
    return _come_in(number, number.calls, sid, caller, greets=True)


@transaction.atomic
def choose(number: Number, sid: str, caller: str, pressed: str, tries: int) -> str:
    """What a key of the menu leads to."""
    people.one_at_a_time(caller or sid)
    if call := known(sid):
        return _answer_again(call, number)
    keys = list(number.menu.select_related("entry_point__queue"))
    chosen = next((key for key in keys if key.key == pressed), None)
    if chosen is None and tries + 1 < MOST_TRIES:
        return twiml.menu(number, keys, tries=tries + 1)
    entry_point = chosen.entry_point if isinstance(chosen, MenuKey) else number.calls
    assert entry_point is not None
    return _come_in(number, entry_point, sid, caller, greets=False)


def known(sid: str) -> Call | None:
    return _of_sid.first(sid)


def _come_in(number: Number, entry_point: EntryPoint, sid: str, caller: str, *, greets: bool) -> str:
    if not entry_point.open_at(timezone.now()) and not number.takes_voicemail:
        return twiml.farewell(number, closed_words(number, entry_point))
    return _answer_again(_begin(number, entry_point, sid, caller), number, greets=greets)


def _answer_again(call: Call, number: Number, *, greets: bool = False) -> str:
    """By what the call is now, so that the same webhook, come twice, has the same answer."""
    return twiml.waiting_room(call, number, greets=greets) if call.live else instead(call, number)


def instead(call: Call, number: Number) -> str:
    """What a caller hears who is not in line any more, or never was."""
    interaction = call.interaction
    if interaction.live:
        return twiml.farewell(number)
    with translation.override(number.language[:2]):
        if interaction.call_back:
            return twiml.farewell(number, str(WILL_CALL))
        closed = closed_words(number, interaction.entry_point) if interaction.entry_point else ""
        told = closed or refusal(interaction)
    return twiml.voicemail(call, number, told) if number.takes_voicemail else twiml.farewell(number, told)


def closed_words(number: Number, entry_point: EntryPoint) -> str:
    """Why nobody answers; nothing to say while we are open."""
    if entry_point.queue.emergency and entry_point.queue.emergency_text:
        return entry_point.queue.emergency_text
    with translation.override(number.language[:2]):
        return "" if entry_point.open_at(timezone.now()) else number.closed_text or _("We are closed now.")


def refusal(interaction: Interaction) -> str:
    """Why its line let it wait no longer; nothing if it was the caller's wish."""
    told = interaction.messages.filter(notice__in=WHY_NOT).order_by("seq").values_list("notice", flat=True).last()
    return str(WHY_NOT[told]) if told else ""


def _begin(number: Number, entry_point: EntryPoint, sid: str, caller: str) -> Call:
    """In line; whoever waited to be called back and rings again goes on in the place they kept."""
    customer = people.known_caller(caller)
    telephone = partial(line.Telephone, number=caller, ours=number, sid=sid)
    about: dict[str, Any] = {"provider": Call.Provider.TWILIO, "consented": bool(number.recording_notice)}
    if interaction := _kept_place(customer, caller) if customer else None:
        interaction.rings_again()
        if other := live_call(interaction):
            off_the_line(other, why="rang again")
        call = line.start(interaction, **about, by=telephone(there=True))
    else:
        customer = customer or people.new_caller(caller)
        live = entry_point.open_at(timezone.now())
        with Interaction.arriving(entry_point=entry_point, customer=customer, live=live) as interaction:
            call = line.begin(interaction, **about, by=telephone(there=interaction.live))
    if not interaction.live:  # the line is full, or closed: they were told what happens instead
        off_the_line(call, why="not in line")
    return call


def _kept_place(customer: Customer, caller: str) -> Interaction | None:
    waits = Interaction.objects.filter(
        customer=customer, channel=Channel.VOICE, call_back=caller, state__in=[State.QUEUED, State.OFFERED], live=False
    )
    return waits.order_by("pk").first()


def off_the_line(call: Call, *, why: str) -> None:
    """The caller's line closes by itself after what they are told or say now, and what they wanted stays."""
    with moving(call):
        finish(call, why=why)
        # Else a worker would have Twilio close it at once: in the middle of a word, or of their message.
        call.legs.filter(role=CallLeg.Role.CUSTOMER).update(carried={"gone": True})
