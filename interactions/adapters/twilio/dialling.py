"""An agent calls a customer: only where the centre may call, not more often than it allows, from a number of ours.

Toll fraud is calls nobody meant to pay for, to numbers that earn by being called. Whatever is refused is logged.
"""

import logging
from datetime import timedelta

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumberType

from agents.errors import StaleState
from agents.models import Agent, Channel
from interactions.adapters.twilio import client, twiml
from interactions.adapters.twilio.client import asking
from interactions.calls import line
from interactions.calls.moves import REJOIN_WITHIN, note
from interactions.models import Call, CallEvent, CallLeg, Interaction, Number
from interactions.models.states import State

log = logging.getLogger(__name__)
ORDINARY = {
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.VOIP,
}
RINGS = 40  # seconds
ANSWERED_WITHIN = timedelta(seconds=90)  # the agent's page first, then the telephone that rings


def allowed(given: str) -> str:
    """The number as it is dialled, +31612345678; ValidationError where it may not be."""
    try:
        number = phonenumbers.parse(given, next(iter(settings.DIALLED_COUNTRIES), None))
    except phonenumbers.NumberParseException:
        raise ValidationError(_("This is no telephone number.")) from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise ValidationError(_("This is no telephone number."))
    if phonenumbers.region_code_for_number(number) not in settings.DIALLED_COUNTRIES:
        raise ValidationError(_("We may not call this country."))
    if phonenumbers.number_type(number) not in ORDINARY:
        raise ValidationError(_("Numbers that cost extra are not called."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def dial(interaction: Interaction, agent: Agent, given: str) -> Call:
    """Call a customer from the work one has in hand. ValidationError with a sentence where that may not be."""
    try:
        return _dial(interaction, agent, given)
    except ValidationError as error:
        why = " ".join(error.messages)
        log.warning("a call was refused", extra={"agent": agent.pk, "number": given[:32], "why": why})
        raise


@transaction.atomic
def _dial(interaction: Interaction, agent: Agent, given: str) -> Call:
    number, ours = allowed(given), _our_number(interaction)
    # One after the other, so that two at once are counted as two.
    Agent.objects.select_for_update(no_key=True).get(pk=agent.pk)
    an_hour_ago = timezone.now() - timedelta(hours=1)
    dialled = CallEvent.objects.filter(what=CallEvent.What.DIALLED, by=agent.person_id, at__gt=an_hour_ago)
    if dialled.count() >= settings.DIALLED_PER_HOUR:
        raise ValidationError(_("You have called as often as you may within an hour."))
    if interaction.agent_id != agent.pk or interaction.state != State.ACTIVE:
        raise StaleState(_("You no longer have this conversation."))
    if Call.objects.live().filter(interaction=interaction).exists():
        raise ValidationError(_("They are on the line already."))
    called = line.Telephone(number=number, ours=ours)
    call = line.start(interaction, Call.Provider.TWILIO, consented=bool(ours.recording_notice), by=called)
    customer = call.legs.filter(role=CallLeg.Role.CUSTOMER)
    customer.update(back_by=timezone.now() + ANSWERED_WITHIN)
    call.legs.filter(role=CallLeg.Role.AGENT).update(back_by=timezone.now() + REJOIN_WITHIN)  # no need to ring there
    note(call, CallEvent.What.DIALLED, customer.get(), by=agent.person, why=number)
    return call


def _our_number(interaction: Interaction) -> Number:
    """What the customer sees: the number they called, else the first that takes calls, so that they can call back."""
    ours = Number.objects.filter(active=True, calls__isnull=False)
    reached = ours.filter(calls=interaction.entry_point_id) if interaction.channel == Channel.VOICE else ours.none()
    found = reached.first() or ours.order_by("pk").first()
    if found is None:
        raise ValidationError(_("There is no number of ours to call from."))
    return found


def to_dial(call: Call) -> CallLeg | None:
    """Who has to be called now that the agent is on the line; each is once."""
    legs = call.legs.live().filter(role=CallLeg.Role.CUSTOMER, sid="", carried={}).exclude(number="")
    there = call.legs.filter(role=CallLeg.Role.AGENT, state=CallLeg.State.JOINED, back_by=None)
    return legs.first() if call.room and there.exists() else None


def ring(call: Call, leg: CallLeg) -> None:
    """Have the telephone rung, once: it is claimed first, and after an answer that was lost we look for its leg."""
    if not CallLeg.objects.live().filter(pk=leg.pk, sid="", carried={}).update(carried={"rung": True}):
        return
    assert call.number is not None
    people = client.client().conferences(call.room).participants
    try:
        with asking():
            made = people.create(
                from_=call.number.number,
                to=leg.number,
                label="customer",
                timeout=RINGS,
                beep="false",
                jitter_buffer_size="small",
                end_conference_on_exit=True,
                status_callback=twiml.address("twilio-rung", call.pk),
                status_callback_event=["ringing", "answered", "completed"],
            )
        sid = made.call_sid
    except client.Unsure:
        sid = _rung(call)
    except (client.Refused, client.Busy) as error:
        log.warning("a telephone could not be rung", extra={"call": call.pk, "why": str(error)})
        sid = ""
    if not sid:
        end(call, why="could not be called")
        return
    CallLeg.objects.filter(pk=leg.pk, sid="").update(sid=sid)


def _rung(call: Call) -> str:
    with asking():
        there = client.client().conferences(call.room).participants.list(limit=20)
    return next((str(one.call_sid) for one in there if one.label == "customer"), "")


def end(call: Call, *, why: str) -> None:
    leg = call.legs.live().filter(role=CallLeg.Role.CUSTOMER).first()
    if leg:
        leg.call = Call.objects.select_related("interaction__queue").get(pk=call.pk)
        line.hang_up(leg, why=why)
