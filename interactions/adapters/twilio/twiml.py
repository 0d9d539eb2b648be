"""What a caller hears and where the line leads: every answer to a telephone webhook, of what the database knows."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.signing import TimestampSigner
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from interactions.models import Call, CallLeg, MenuKey, Number

CONFERENCE_EVENTS = "start end join leave mute hold modify"
LONGEST_VOICEMAIL = 180  # seconds
KEY_WITHIN = 6  # seconds
leg_signer = TimestampSigner(salt="contactcenter.twilio.leg")


def address(name: str, *args: Any, query: str = "") -> str:
    return settings.PUBLIC_BASE_URL + reverse(name, args=args) + query


def name_of(call: Call) -> str:
    """Of its room: nobody's number or name is in it."""
    return f"call-{call.pk}"


def menu(number: Number, keys: Iterable[MenuKey], tries: int) -> str:
    response = VoiceResponse()
    gather = Gather(
        num_digits=1,
        timeout=KEY_WITHIN,
        action=address("twilio-menu", query=f"?tries={tries}"),
        action_on_empty_result=True,
    )
    if tries == 0:
        _say(gather, number, number.greeting)
    for key in keys:
        _say(gather, number, key.words)
    response.append(gather)
    return str(response)


def waiting_room(call: Call, number: Number, *, greets: bool) -> str:
    """The caller waits in the room of their call, or in line where keys may be pressed, until an agent comes."""
    response = VoiceResponse()
    if greets:
        _say(response, number, number.greeting)
    _say(response, number, number.recording_notice)
    if number.has_keys:
        response.enqueue(
            name_of(call),
            wait_url=address("twilio-line", call.pk),
            action=address("twilio-after", call.pk),
        )
    else:
        response.append(_room_of_customer(call))
    return str(response)


def to_the_room(call: Call) -> str:
    """From the line with keys into the room: somebody has taken the call."""
    response = VoiceResponse()
    response.append(_room_of_customer(call))
    return str(response)


def _room_of_customer(call: Call) -> Dial:
    dial = Dial(action=address("twilio-after", call.pk))
    dial.conference(
        name_of(call),
        participant_label="customer",
        start_conference_on_enter=False,
        end_conference_on_exit=True,
        beep="false",
        jitter_buffer_size="small",
        wait_url=address("twilio-wait", call.pk),
        # Those of the first to come in count for all.
        status_callback=address("twilio-conference", call.pk),
        status_callback_event=CONFERENCE_EVENTS,
    )
    return dial


def agents_room(leg: CallLeg) -> str:
    """An agent's page comes into the room; when it leaves, the others stay."""
    coached = {"coach": leg.via.sid} if leg.via and leg.mode != CallLeg.Mode.BARGE else {}
    dial = Dial()
    dial.conference(
        name_of(leg.call),
        participant_label=leg.peer,
        start_conference_on_enter=leg.role == CallLeg.Role.AGENT,
        end_conference_on_exit=False,
        muted=leg.mode == CallLeg.Mode.MONITOR or leg.muted,
        beep="false",
        jitter_buffer_size="small",
        status_callback=address("twilio-conference", leg.call_id),
        status_callback_event=CONFERENCE_EVENTS,
        **coached,
    )
    response = VoiceResponse()
    response.append(dial)
    return str(response)


def once_more(url: str) -> str:
    """Ask again in a second."""
    response = VoiceResponse()
    response.pause(length=1)
    response.redirect(url)
    return str(response)


def music(number: Number | None, place: int | None = None, *, again: str = "") -> str:
    """What somebody hears who waits: the place they have in line, music, and from the beginning."""
    response = VoiceResponse()
    if number and place:
        _say(response, number, _place(number, place))
    response.play(settings.PUBLIC_BASE_URL + static("sounds/wait.wav"))
    if again:
        response.redirect(again)
    return str(response)


def line(call: Call, number: Number, place: int | None) -> str:
    """Waiting where keys may be pressed."""
    response = VoiceResponse()
    gather = Gather(num_digits=1, timeout=1, action=address("twilio-key", call.pk))
    if place:
        _say(gather, number, _place(number, place))
    with translation.override(number.language[:2]):
        if number.offers_call_back and call_back_number(call):
            _say(gather, number, _("Press 1 and we call you back: you keep your place."))
        if number.takes_voicemail:
            _say(gather, number, _("Press 2 to leave a message."))
    gather.play(settings.PUBLIC_BASE_URL + static("sounds/wait.wav"))
    response.append(gather)
    response.redirect(address("twilio-line", call.pk))
    return str(response)


def call_back_number(call: Call) -> str:
    leg = call.legs.filter(role=CallLeg.Role.CUSTOMER).first()
    return leg.number if leg else ""


def again(call: Call) -> str:
    """Back to waiting."""
    response = VoiceResponse()
    response.redirect(address("twilio-line", call.pk))
    return str(response)


def agents_address(leg: CallLeg) -> str:
    return address("twilio-agent", query=f"?leg={leg_signer.sign(leg.peer)}")


def leave() -> str:
    """Out of the line, to what comes after it."""
    response = VoiceResponse()
    response.leave()
    return str(response)


def voicemail(call: Call, number: Number, before: str = "") -> str:
    response = VoiceResponse()
    with translation.override(number.language[:2]):
        _say(response, number, before)
        _say(response, number, _("Please leave your message after the tone."))
    response.record(
        max_length=LONGEST_VOICEMAIL,
        play_beep=True,
        action=address("twilio-goodbye"),
        recording_status_callback=address("twilio-recording", call.pk),
        recording_status_callback_event="completed absent",
    )
    return str(response)


def farewell(number: Number | None, words: str = "") -> str:
    """Said, and the line is closed."""
    response = VoiceResponse()
    if number:
        _say(response, number, words)
    response.hangup()
    return str(response)


def notice(number: Number | None) -> str:
    """That the call is recorded, to one who was called."""
    response = VoiceResponse()
    if number:
        _say(response, number, number.recording_notice)
    return str(response)


def refusal() -> str:
    """Nobody answers: nothing is charged, and nothing is told."""
    response = VoiceResponse()
    response.reject()
    return str(response)


def _place(number: Number, place: int) -> str:
    with translation.override(number.language[:2]):
        if place == 1:
            return _("You are next in line.")
        words = ngettext("There is %d caller before you.", "There are %d callers before you.", place - 1)
        return words % (place - 1)


def _say(verb: Any, number: Number, words: str) -> None:
    if words:
        verb.say(words, language=number.language)
