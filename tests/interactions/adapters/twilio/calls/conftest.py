"""A number of ours, who takes its calls, and those calls."""

import pytest
from django.contrib.sessions.backends.db import SessionStore

from interactions.adapters.twilio.rooms import carry_out
from interactions.adapters.twilio.twiml import leg_signer
from interactions.models import Call, CallLeg, Interaction, PhoneGrant
from tests.cast import make_active, make_agent, make_entry_point


@pytest.fixture
def number(number, queue):
    number.calls = make_entry_point(queue, "calls", channel="voice")
    number.save()
    return number


@pytest.fixture
def phone(twilio, number):
    return twilio.telephone


@pytest.fixture
def anna(team):
    return make_agent("Anna Vos", team=team, capacities={"voice": 1})


@pytest.fixture
def bo(team):
    return make_agent("Bo Vries", team=team, capacities={"voice": 1})


def signed_in(agent):
    session = SessionStore()
    session["_auth_user_id"] = str(agent.person_id)
    session.create()
    return PhoneGrant.objects.give(agent.person, session.session_key)


def leg_for(agent):
    return CallLeg.objects.live().get(agent=agent)


def come_to_the_line(phone, agent):
    leg = leg_for(agent)
    theirs = phone.dial_in(signed_in(agent).identity, leg_signer.sign(leg.peer))
    phone.deliver()
    carry_out(leg.call_id)
    phone.deliver()
    return theirs


@pytest.fixture
def talking(phone, anna):
    """A caller and Anna speak: the caller's line, hers, the call."""
    caller = phone.ring()
    phone.deliver()
    make_active(Interaction.objects.get(), anna)
    hers = come_to_the_line(phone, anna)
    return caller, hers, Call.objects.get()


def state():
    call = Call.objects.get()
    return call.state, call.interaction.state
