"""S58: what an agent's page gets to be a telephone with."""

import time

import jwt
import pytest

from interactions.models import CallLeg, Interaction, PhoneGrant
from tests.cast import make_active
from tests.interactions.views.conftest import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey")]


@pytest.fixture
def peer(phone, anna):
    phone.ring()
    make_active(Interaction.objects.get(), anna)
    return CallLeg.objects.get(agent=anna).peer


def test_leave_for_an_hour_to_dial_our_own_app_and_nothing_else(anna, peer, settings):
    reply = Desk(anna).post(f"/calls/{peer}/telephone/").json()
    assert reply["host"] == settings.TWILIO_SIGNALLING_HOST == ""
    grant = PhoneGrant.objects.get()
    said = jwt.decode(reply["token"], settings.TWILIO_API_SECRET, algorithms=["HS256"])
    assert 3590 < said["exp"] - time.time() <= 3600
    assert said["grants"]["identity"] == grant.identity
    assert said["grants"]["voice"] == {"outgoing": {"application_sid": settings.TWILIO_APP_SID}}
    assert PhoneGrant.objects.holder(grant.identity) == anna.person


def test_it_leads_to_the_line_until_its_person_signs_out(anna, peer, phone):
    desk = Desk(anna)
    first, second = (desk.post(f"/calls/{peer}/telephone/").json()["leg"] for _ in range(2))
    identity = PhoneGrant.objects.get().identity  # the same telephone, as often as it asks
    assert phone.dial_in(identity, first).room
    desk.post("/logout/")
    assert phone.dial_in(identity, second).heard == ["refused"]


def test_only_for_ones_own_line_and_only_to_who_asks_for_it(peer, maya, anna):
    assert Desk(maya).post(f"/calls/{peer}/telephone/").status_code == 404
    assert Desk(anna).get(f"/calls/{peer}/telephone/").status_code == 405


def test_without_an_account_there_are_no_telephones(anna, peer, settings):
    settings.TWILIO_APP_SID = ""
    assert Desk(anna).post(f"/calls/{peer}/telephone/").status_code == 404


def test_the_sdk_is_loaded_only_with_an_account(anna, peer, settings):
    desk = Desk(anna)
    page = desk.get("/desk/", headers={"HX-Request": "", "HX-Request-Type": "full"}).content.decode()
    assert "twilio-voice-sdk-2.18.5.min.js" in page
    assert f'<twilio-phone class="phone" id="phone-{peer}"' in page
    settings.TWILIO_APP_SID = ""
    page = desk.get("/desk/", headers={"HX-Request": "", "HX-Request-Type": "full"}).content.decode()
    assert "twilio-voice-sdk" not in page
