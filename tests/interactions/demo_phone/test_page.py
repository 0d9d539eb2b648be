"""The telephone of the demo: only there, with our numbers, and with an account that every process knows alike."""

import pytest
from django.conf import settings as known
from django.urls import reverse

from interactions.demo_phone import account
from interactions.management.commands.demo import end_calls_of_last_time, network_can_be_simulated
from interactions.models import Call, EntryPoint, MenuKey, Number
from interactions.seed import plant
from interactions.seed.telephone import NUMBER, connect_telephone
from tests.interactions.adapters.twilio.conftest import configured, door, twilio

__all__ = ["configured", "door", "twilio"]
pytestmark = pytest.mark.django_db
HOST = "127.0.0.1:2528"


@pytest.fixture
def under_demo(settings):
    settings.DEMO_PHONE, settings.TWILIO_SIGNALLING_HOST = True, HOST


def test_elsewhere_there_is_no_such_page_and_signalling_is_never_plain(client, configured, settings, maya):
    assert client.get(reverse("demo-phone")).status_code == 404
    client.force_login(maya.person)
    desk = client.get(reverse("desk")).content
    assert (b"twilio-voice-sdk" in desk, b"plain-signalling" in desk) == (True, False)
    settings.DEMO_PHONE, settings.TWILIO_SIGNALLING_HOST = True, HOST
    assert f'data-host="{HOST}"'.encode() in client.get(reverse("desk")).content


def test_the_page_rings_the_numbers_that_take_calls(client, under_demo, queue):
    assert b"No number takes calls" in client.get(reverse("demo-phone")).content
    calls = EntryPoint.objects.create(queue=queue, name="calls", channel="voice")
    Number.objects.create(number="+31201111111", calls=calls)
    Number.objects.create(number="+31202222222")
    page = client.get(reverse("demo-phone")).content
    assert f'host="{HOST}"'.encode() in page
    assert (b"+31201111111" in page, b"+31202222222" in page) == (True, False)


def test_what_the_network_is_known_by_is_all_there_is_to_configure():
    environment = account.environment(api="http://127.0.0.1:1", signalling=HOST)
    ours = {name for name in dir(known) if name.startswith("TWILIO_") or name == "DEMO_PHONE"}
    assert {name.replace("TOKENS", "TOKEN") for name in ours} == set(environment)


def test_who_has_an_account_has_no_network_of_the_demo(settings):
    settings.TWILIO_ACCOUNT_SID = ""
    assert network_can_be_simulated()
    settings.TWILIO_ACCOUNT_SID = "AC" + "1" * 32
    assert not network_can_be_simulated()


def test_a_centre_planted_before_gets_its_number_once():
    plant(days=1)
    assert Number.objects.get().number == NUMBER
    assert not connect_telephone()
    MenuKey.objects.all().delete()
    Number.objects.all().delete()
    assert connect_telephone()
    assert [key.entry_point.queue.name for key in Number.objects.get().menu.all()] == [
        "Orders & Delivery",
        "Billing",
        "Support",
    ]


def test_somebody_elses_centre_gets_none(queue):
    assert not connect_telephone()


def test_calls_that_a_network_carried_which_has_ended_are_over(twilio, queue):
    calls = EntryPoint.objects.create(queue=queue, name="calls", channel="voice")
    Number.objects.create(number="+3197010281234", calls=calls)
    twilio.telephone.ring()
    assert Call.objects.live().count() == 1
    end_calls_of_last_time()
    assert Call.objects.live().count() == 0
