"""What a caller may press while waiting: 1 to be called back in their place, 2 to leave a message."""

from django.db import transaction

from agents.errors import StaleState
from interactions.adapters.twilio import twiml
from interactions.adapters.twilio.arriving import instead, off_the_line
from interactions.models import Call

CALL_BACK, VOICEMAIL = "1", "2"


def press(call: Call, key: str) -> str:
    """Twilio says only in the line what follows; the caller then leaves it, and `left` answers by what was pressed."""
    number = call.number
    if number is None:
        return twiml.leave()
    try:
        if key == CALL_BACK and number.offers_call_back and twiml.call_back_number(call):
            _keep_place(call, twiml.call_back_number(call))
            return twiml.leave()
        if key == VOICEMAIL and number.takes_voicemail:
            _leave_message(call)
            return twiml.leave()
    except StaleState:  # somebody has just taken the call, or the same key has come before
        pass
    return twiml.leave() if not Call.objects.live().filter(pk=call.pk).exists() else twiml.again(call)


def left(call: Call) -> str:
    """Out of the line by a key of theirs."""
    return twiml.farewell(None) if call.number is None or call.live else instead(call, call.number)


@transaction.atomic
def _keep_place(call: Call, number: str) -> None:
    off_the_line(call, why="is called back")
    call.interaction.be_called_back(number)


@transaction.atomic
def _leave_message(call: Call) -> None:
    off_the_line(call, why="leaves a message")
    call.interaction.answer_later()
