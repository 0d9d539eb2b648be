"""Callers from the first webhook until somebody answers: a menu, a place in line, keys, and who else may dial in."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.core.signing import TimestampSigner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from interactions.adapters.twilio import recording
from interactions.adapters.twilio.rooms import carry_out
from interactions.adapters.twilio.twiml import leg_signer
from interactions.calls import talk
from interactions.models import Call, CallLeg, Interaction, MenuKey, PhoneGrant, Recording
from interactions.routing import timers
from tests.cast import make_active, make_entry_point
from tests.interactions.adapters.twilio.calls.conftest import come_to_the_line, leg_for, signed_in, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey", "own_folder")]
ANSWERS_WITHIN = 17  # statements, two of them for an estimate that is then remembered


class TestComingIn:
    def test_a_caller_waits_in_a_room_with_music_and_their_place(self, phone):
        caller = phone.ring()
        assert caller.room == f"call-{Call.objects.get().pk}"
        interaction = Interaction.objects.get()
        assert (interaction.channel, interaction.live, interaction.state) == ("voice", True, "queued")
        assert interaction.customer.name == "+31612345678"
        assert not interaction.customer.addresses.get().verified
        phone.fetch(caller, f"/hooks/twilio/voice/{interaction.calls.get().pk}/wait/")
        assert caller.heard[:2] == ["You are next in line.", "♪"]

    def test_the_same_webhook_twice_has_the_same_answer_and_makes_one_call(self, phone, twilio):
        caller = phone.ring()
        form = phone.about(caller, CallStatus="ringing")
        first = twilio.knock(phone.client, "/hooks/twilio/voice/", form).content
        assert twilio.knock(phone.client, "/hooks/twilio/voice/", form).content == first
        assert (Call.objects.count(), Interaction.objects.count()) == (1, 1)

    def test_an_answer_locks_no_row_and_takes_few_statements(self, phone, twilio, number):
        form = {"CallSid": "CA1", "From": "+31612345678", "To": number.number, "CallStatus": "ringing"}
        with CaptureQueriesContext(connection) as captured:
            twilio.knock(phone.client, "/hooks/twilio/voice/", form)
        asked = [query["sql"] for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]
        assert len(asked) <= ANSWERS_WITHIN
        assert not [sql for sql in asked if "FOR NO KEY UPDATE" in sql], "what it makes, nobody else sees yet"
        assert len(set(asked)) == len(asked), "nothing is asked twice"

    def test_what_happened_on_the_line_when_a_caller_comes_in(self, phone):
        phone.ring()
        call = Call.objects.get()
        assert list(call.events.values_list("what", "leg__role")) == [("began", None), ("joined", "customer")]
        leg = call.legs.get()
        assert (leg.state, leg.page, leg.back_by) == ("joined", 1, None)
        assert leg.joined_at

    @pytest.mark.parametrize("given", ["anonymous", "", "+1 <script>", "sip:x@y;tag=1\r\nVia: z", "+" + "9" * 40])
    def test_whatever_else_a_caller_shows_is_no_number_and_is_kept_nowhere(self, phone, given):
        """S57: caller ids and SIP headers are what a stranger chose."""
        phone.ring(caller=given, CallerName="<b>Bank</b>", **{"SipHeader_X-Customer": "1 or 1=1"})
        interaction = Interaction.objects.get()
        assert not interaction.customer.addresses.exists()
        assert interaction.customer.name == ""
        assert CallLeg.objects.get().number == ""

    def test_when_we_are_closed_the_caller_is_told(self, phone, number, queue):
        queue.emergency, queue.emergency_text = True, "The water is in the building."
        queue.save()
        caller = phone.ring()
        assert caller.heard == ["The water is in the building."]
        assert caller.over
        assert not Interaction.objects.exists()

    def test_a_number_that_is_none_of_ours(self, phone, twilio):
        form = {"CallSid": "CA1", "From": "+31612345678", "To": "+31999"}
        assert twilio.knock(phone.client, "/hooks/twilio/voice/", form).status_code == 404

    def test_a_forged_call_is_nobody(self, phone):
        form = {"CallSid": "CA1", "From": "+31612345678", "To": "+3197010281234"}
        for path in ("voice/", "voice/menu/", "voice/status/", "agent/", "voice/1/conference/", "voice/1/recording/"):
            assert Client().post(f"/hooks/twilio/{path}", form).status_code == 403
        assert not Call.objects.exists()


class TestMenu:
    @pytest.fixture
    def menu(self, number, billing):
        number.greeting = "Welcome."
        number.save()
        bills = make_entry_point(billing, "bills", channel="voice")
        MenuKey.objects.create(number=number, key="2", words="For a bill press 2.", entry_point=bills)

    def test_a_key_leads_to_its_queue(self, phone, menu, billing):
        caller = phone.ring()
        assert caller.heard == ["Welcome.", "For a bill press 2."]
        assert not Interaction.objects.exists()
        phone.press(caller, "2")
        assert Interaction.objects.get().queue == billing
        assert caller.room

    @pytest.mark.parametrize("pressed", ["", "9", "2222", "; drop table", "٢"])
    def test_another_is_asked_for_once_more_and_then_goes_on(self, phone, menu, queue, pressed):
        caller = phone.ring()
        phone.press(caller, pressed)
        assert caller.heard[-1] == "For a bill press 2."
        phone.press(caller, pressed)
        assert Interaction.objects.get().queue == queue

    def test_a_key_that_comes_twice_is_one_call(self, phone, menu, twilio):
        caller = phone.ring()
        gathers = caller.gathers
        phone.press(caller, "2")
        phone.fetch(caller, gathers, Digits="1")
        assert Interaction.objects.count() == 1


class TestKeysWhileWaiting:
    @pytest.fixture(autouse=True)
    def _keys(self, number):
        number.offers_call_back = number.takes_voicemail = True
        number.save()

    def test_they_are_told_of_with_their_place(self, phone):
        caller = phone.ring()
        assert caller.heard[0] == "You are next in line."
        assert caller.heard[1].startswith("Press 1")
        assert caller.heard[2].startswith("Press 2")

    def test_one_who_takes_the_call_fetches_them_into_the_room(self, phone, anna):
        caller = phone.ring()
        make_active(Interaction.objects.get(), anna)
        come_to_the_line(phone, anna)
        phone.run()
        phone.deliver()
        carry_out(Call.objects.get().pk)
        assert state() == ("talking", "active")
        assert list(phone.rooms[caller.room].people) == [phone.dialled.sid, caller.sid]
        assert phone.rooms[caller.room].people[caller.sid].hold is False

    def test_what_is_recorded_of_them_can_be_paused(self, phone, anna, number):
        """It is begun when the agent comes, before they are in the room themselves."""
        number.recording_notice = "This call is recorded."
        number.save()
        phone.ring()
        make_active(Interaction.objects.get(), anna)
        come_to_the_line(phone, anna)
        recording.begin(Recording.objects.get().pk)
        phone.run()
        phone.deliver()
        for paused, status in ((True, "paused"), (False, "in-progress")):
            talk.pause_recording(leg_for(anna), paused)
            carry_out(Call.objects.get().pk)
            assert [one.status for one in phone.recordings] == [status]

    def test_pressing_1_keeps_the_place_and_closes_the_line(self, phone):
        caller = phone.ring()
        before = Interaction.objects.get()
        phone.press(caller, "1")
        phone.deliver(times=2)
        assert caller.over
        assert caller.heard[-1] == "We will call you back at the number you gave."
        interaction = Interaction.objects.get()
        assert (interaction.state, interaction.live, interaction.call_back) == ("queued", False, "+31612345678")
        assert interaction.place_at == before.place_at
        assert not interaction.on_call

    def test_ringing_again_goes_on_in_that_place_and_is_not_called_back_too(self, phone):
        phone.press(phone.ring(), "1")
        phone.deliver()
        before = Interaction.objects.get()
        again = phone.ring()
        interaction = Interaction.objects.get()
        assert (interaction.live, interaction.call_back, interaction.place_at) == (True, "", before.place_at)
        phone.press(again, "1")
        assert Interaction.objects.get().call_back == "+31612345678"

    def test_without_a_number_nobody_can_be_called_back(self, phone):
        caller = phone.ring(caller="anonymous")
        assert not any("Press 1" in words for words in caller.heard)
        phone.press(caller, "1")
        assert Call.objects.get().live

    def test_a_message_becomes_a_line_with_its_sound(self, phone):
        caller = phone.ring()
        phone.press(caller, "2")
        phone.speak(caller, seconds=67)
        phone.deliver(times=2)
        for pk in Recording.objects.values_list("pk", flat=True):
            recording.bring(pk)
            recording.bring(pk)
        said = Interaction.objects.get().messages.get(kind="inbound")
        assert said.text == "Voicemail, 1:07"
        assert [file.content_type for file in said.attachments.all()] == ["audio/mpeg"]
        assert not Interaction.objects.get().live

    def test_nobody_cuts_off_who_leaves_a_message(self, phone):
        caller = phone.ring()
        phone.press(caller, "2")
        phone.deliver()
        carry_out(Call.objects.get().pk)
        assert caller.heard[-1] == "Please leave your message after the tone."
        assert not caller.over

    def test_another_key_changes_nothing(self, phone):
        caller = phone.ring()
        phone.press(caller, "7")
        assert Call.objects.get().live


class TestALineThatLetsNobodyWaitForLong:
    @pytest.fixture
    def waited(self, phone, queue):
        """A caller for whom the time is up."""
        queue.longest_wait, queue.overflow_action = timedelta(minutes=1), "message"
        queue.save()
        caller = phone.ring()
        phone.deliver()
        with time_machine.travel(timezone.now() + timedelta(seconds=61)):
            timers.sweep()
        carry_out(Call.objects.get().pk)
        phone.run()
        phone.deliver()
        return caller

    def test_the_caller_is_told_why_and_goes(self, waited):
        assert waited.heard[-1] == "All our colleagues are busy right now."
        assert waited.over
        interaction, call = Interaction.objects.get(), Call.objects.get()
        assert (interaction.state, interaction.live, interaction.on_call, call.live) == ("queued", False, False, False)

    def test_or_leaves_a_message_in_the_language_of_the_number(self, number, phone, request):
        number.takes_voicemail, number.offers_call_back, number.language = True, True, "nl-NL"
        number.save()
        waited = request.getfixturevalue("waited")
        assert waited.heard[-2:] == [
            "Al onze collega’s zijn op dit moment bezet.",
            "Spreek uw bericht in na de toon.",
        ]
        assert not waited.over


class TestWhoMayDialIn:
    """S58: an agent's page comes to the line only as long as its person is signed in."""

    @pytest.fixture
    def asked(self, phone, anna):
        phone.ring()
        make_active(Interaction.objects.get(), anna)
        return leg_signer.sign(leg_for(anna).peer)

    def test_not_after_signing_out(self, phone, anna, asked):
        grant = signed_in(anna)
        SessionStore(grant.session_key).flush()
        assert phone.dial_in(grant.identity, asked).heard == ["refused"]

    def test_not_after_an_hour(self, phone, anna, asked):
        grant = signed_in(anna)
        PhoneGrant.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert phone.dial_in(grant.identity, asked).heard == ["refused"]

    def test_not_once_they_may_no_longer_work(self, phone, anna, asked):
        grant = signed_in(anna)
        type(anna.person).objects.filter(pk=anna.person_id).update(is_active=False)
        assert phone.dial_in(grant.identity, asked).heard == ["refused"]

    def test_not_to_a_call_of_somebody_else(self, phone, bo, asked):
        assert phone.dial_in(signed_in(bo).identity, asked).heard == ["refused"]

    def test_not_as_somebody_else(self, phone, anna, bo, asked):
        grant = signed_in(bo)
        assert phone.dial_in(f"person_{anna.person_id}_{grant.nonce}", asked).heard == ["refused"]
        assert phone.dial_in(f"person_{anna.person_id}_", asked).heard == ["refused"]

    @pytest.mark.parametrize(
        "forge", [lambda token: "", lambda token: token + "x", lambda token: TimestampSigner().sign("x")]
    )
    def test_not_with_another_word(self, phone, anna, asked, forge):
        assert phone.dial_in(signed_in(anna).identity, forge(asked)).heard == ["refused"]

    def test_not_a_minute_later(self, phone, anna, asked):
        grant = signed_in(anna)
        with time_machine.travel(timezone.now() + timedelta(seconds=61)):
            assert phone.dial_in(grant.identity, asked).heard == ["refused"]
