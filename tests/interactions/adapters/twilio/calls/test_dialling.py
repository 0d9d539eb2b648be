"""S59: whom agents may call, how often, and that a telephone is rung once."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.errors import StaleState
from interactions.adapters.twilio import recording
from interactions.adapters.twilio.dialling import allowed, dial
from interactions.adapters.twilio.rooms import carry_out
from interactions.adapters.twilio.twiml import leg_signer
from interactions.models import Call, CallEvent, CallLeg, Interaction, Recording
from tests.cast import make_active
from tests.interactions.adapters.twilio.calls.conftest import signed_in
from tests.interactions.views.conftest import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey", "dialling")]


@pytest.fixture
def dialling(settings):
    settings.DIALLED_COUNTRIES, settings.DIALLED_PER_HOUR = ["NL", "BE"], 3


@pytest.fixture
def number(number):
    number.offers_call_back = True
    number.save()
    return number


@pytest.fixture
def waits(phone, anna):
    """Somebody asked to be called back, and Anna has taken it."""
    phone.press(phone.ring(), "1")
    phone.deliver()
    return make_active(Interaction.objects.get(), anna)


def on_the_line(phone, anna):
    leg = CallLeg.objects.live().get(agent=anna)
    line = phone.dial_in(signed_in(anna).identity, leg_signer.sign(leg.peer))
    phone.deliver()
    carry_out(leg.call_id)
    return line


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("+31 6 12345678", "+31612345678"),
        ("06-12345678", "+31612345678"),
        ("+32 2 555 12 12", "+3225551212"),
        ("tel:+31612345678", "+31612345678"),
        ("+31 800 0200", "+318000200"),
    ],
)
def test_ordinary_numbers_of_the_countries_we_call(given, number):
    assert allowed(given) == number


@pytest.mark.parametrize(
    "given",
    [
        "+44 20 7946 0958",
        "+1 876 555 1234",  # Jamaica looks like the United States
        "+31 900 1234567",
        "+882 16 1234567",
        "+870 773 111 632",
        "+31 6 12345678 ext. 9",
        "112",
        "+31",
        "0031900123456789",
        "sip:evil@example.com",
        "client:agent_1",
        "+31612345678\r\nX-Evil: 1",
        "+31612345678;postd=1",
        "",
    ],
)
def test_all_others_are_refused(given):
    with pytest.raises(ValidationError):
        allowed(given)


def test_without_countries_nobody_is_called(settings):
    settings.DIALLED_COUNTRIES = []
    with pytest.raises(ValidationError):
        allowed("+31612345678")


def test_the_agent_comes_first_and_then_their_telephone_rings(waits, phone, anna, twilio):
    dial(waits, anna, waits.call_back)
    assert phone.rung == []
    hers = on_the_line(phone, anna)
    carry_out(Call.objects.latest("pk").pk)
    [theirs] = phone.rung
    assert (theirs.caller, theirs.to) == ("+3197010281234", "+31612345678")
    phone.answer(theirs)
    phone.deliver(times=2)
    carry_out(Call.objects.latest("pk").pk)
    assert Call.objects.latest("pk").state == "talking"
    assert theirs.room == hers.room
    assert phone.orders == [], "they were never in the line with keys, to be fetched from there"
    phone.hang_up(theirs)
    phone.deliver()
    waits.refresh_from_db()
    assert waits.state == "wrap_up"


@pytest.mark.parametrize("notice", ["This call is recorded.", ""])
def test_whoever_is_called_is_told_before_it_is_recorded(waits, phone, anna, number, notice):
    number.recording_notice = notice
    number.save()
    dial(waits, anna, waits.call_back)
    on_the_line(phone, anna)
    carry_out(Call.objects.latest("pk").pk)
    [theirs] = phone.rung
    phone.answer(theirs)
    phone.deliver()
    for pk in Recording.objects.values_list("pk", flat=True):
        recording.begin(pk)
        recording.begin(pk)
    phone.run()
    assert theirs.heard == ([notice] if notice else [])
    assert [each.line for each in phone.recordings] == ([theirs.sid] if notice else [])


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed"])
def test_one_who_does_not_answer_leaves_the_agent_to_say_so(waits, phone, anna, status):
    dial(waits, anna, waits.call_back)
    on_the_line(phone, anna)
    phone.refuse(phone.rung[0], status)
    phone.deliver(times=2)
    waits.refresh_from_db()
    assert (Call.objects.latest("pk").state, waits.state) == ("ended", "wrap_up")


def test_an_answer_that_is_lost_rings_nobody_twice(waits, phone, anna, twilio):
    dial(waits, anna, waits.call_back)
    leg = CallLeg.objects.live().get(agent=anna)
    phone.dial_in(signed_in(anna).identity, leg_signer.sign(leg.peer))
    phone.deliver()
    twilio.faults.append("lost")
    carry_out(leg.call_id)
    carry_out(leg.call_id)
    [theirs] = phone.rung
    assert CallLeg.objects.live().get(role="customer").sid == theirs.sid


def test_who_is_in_the_room_before_we_know_is_known_by_their_label(waits, phone, anna, twilio):
    dial(waits, anna, waits.call_back)
    on_the_line(phone, anna)
    CallLeg.objects.filter(role="customer", state="joining").update(sid="")
    phone.answer(phone.rung[0])
    phone.deliver()
    assert Call.objects.latest("pk").state == "talking"


def test_only_so_often_within_an_hour_and_every_refusal_is_logged(waits, phone, anna, settings, caplog):
    call = Call.objects.get()
    old = timezone.now() - timedelta(minutes=61)
    events = [CallEvent(call=call, what="dialled", by=anna.person) for _ in range(settings.DIALLED_PER_HOUR)]
    CallEvent.objects.bulk_create(events)
    with pytest.raises(ValidationError, match="as often"):
        dial(waits, anna, waits.call_back)
    with pytest.raises(ValidationError, match="country"):
        dial(waits, anna, "+442079460958")
    refused = [record for record in caplog.records if record.message == "a call was refused"]
    assert [record.agent for record in refused] == [anna.pk, anna.pk]
    CallEvent.objects.filter(what="dialled").update(at=old)
    dial(waits, anna, waits.call_back)


def test_only_in_work_that_one_has_in_hand(waits, phone, maya):
    with pytest.raises(StaleState):
        dial(waits, maya, waits.call_back)
    assert Desk(maya).post(f"/interactions/{waits.pk}/calls/", {"number": "+31612345678"}).status_code == 404


def test_from_the_desk(waits, phone, anna):
    desk = Desk(anna)
    page = desk.get(f"/desk/{waits.pk}/").content.decode()
    assert 'aria-label="Call +31612345678"' in page
    refused = desk.post(f"/interactions/{waits.pk}/calls/", {"number": "+442079460958"})
    assert refused.status_code == 422
    assert "We may not call this country." in refused.content.decode()
    assert desk.post(f"/interactions/{waits.pk}/calls/", {"number": "+31612345678"}).status_code == 200
    page = desk.get(f"/desk/{waits.pk}/").content.decode()
    assert "<twilio-phone" in page
