"""Telephone calls from the first webhook to the last: one call, one interaction, whatever the network does."""

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
from interactions.calls import line, talk
from interactions.models import Call, CallEvent, CallLeg, Interaction, MenuKey, PhoneGrant, Recording
from tests.cast import make_active, make_agent, make_entry_point

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey", "own_folder")]
ANSWERS_WITHIN = 21  # statements, two of them for an estimate that is then remembered


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

    def test_an_answer_takes_one_lock_and_few_statements(self, phone, twilio, number):
        form = {"CallSid": "CA1", "From": "+31612345678", "To": number.number, "CallStatus": "ringing"}
        with CaptureQueriesContext(connection) as captured:
            twilio.knock(phone.client, "/hooks/twilio/voice/", form)
        asked = [query["sql"] for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]
        assert len(asked) <= ANSWERS_WITHIN
        assert len([sql for sql in asked if "FOR NO KEY UPDATE" in sql]) == 1
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


class TestTalking:
    def test_an_agent_comes_to_the_line(self, talking, phone):
        caller, hers, _call = talking
        assert caller.room == hers.room
        assert state() == ("talking", "active")
        people = phone.rooms[caller.room].people
        assert people[caller.sid].hold is False

    def test_hold_and_back(self, talking, phone, anna):
        caller, _hers, call = talking
        customer = call.legs.get(role="customer")
        for on in (True, False):
            talk.hold(CallLeg.objects.get(pk=customer.pk), on, by=leg_for(anna))
            carry_out(call.pk)
            carry_out(call.pk)
            assert phone.rooms[caller.room].people[caller.sid].hold is on
        asked = [form for method, path, form in phone.twilio.asked if path.endswith(f"/Participants/{caller.sid}.json")]
        assert [form["Hold"] for form in asked] == [["true"], ["false"]]
        assert asked[0]["HoldUrl"] == ["https://desk.example/hooks/twilio/voice/hold/"]

    def test_a_change_that_fails_is_made_by_the_next(self, talking, phone, anna, twilio):
        caller, _hers, call = talking
        twilio.faults.append("broken")
        talk.hold(call.legs.get(role="customer"), True, by=leg_for(anna))
        carry_out(call.pk)
        carry_out(call.pk)
        assert phone.rooms[caller.room].people[caller.sid].hold is True

    def test_mute(self, talking, phone, anna):
        caller, hers, call = talking
        talk.mute(leg_for(anna), True)
        carry_out(call.pk)
        assert phone.rooms[caller.room].people[hers.sid].muted is True

    def test_hanging_up_at_the_desk_ends_it_for_all(self, talking, phone, anna):
        caller, hers, call = talking
        line.hang_up(leg_for(anna))
        carry_out(call.pk)
        phone.deliver()
        assert caller.over
        assert hers.over
        assert state() == ("ended", "wrap_up")

    def test_the_caller_hangs_up(self, talking, phone):
        caller, _hers, _call = talking
        phone.hang_up(caller)
        phone.deliver()
        assert state() == ("ended", "wrap_up")

    def test_a_caller_who_hangs_up_in_line_has_abandoned_it(self, phone):
        caller = phone.ring()
        phone.hang_up(caller)
        phone.deliver()
        assert state() == ("ended", "abandoned")

    def test_an_agent_whose_page_is_gone_is_waited_for_while_the_caller_hears_music(self, talking, phone, anna):
        caller, hers, call = talking
        phone.hang_up(hers)
        phone.deliver()
        assert leg_for(anna).back_by is not None
        carry_out(call.pk)
        assert phone.rooms[caller.room].people[caller.sid].hold is True
        again = come_to_the_line(phone, anna)
        assert again.room == caller.room
        assert phone.rooms[caller.room].people[caller.sid].hold is False
        assert state() == ("talking", "active")

    def test_one_who_does_not_come_back_leaves_the_caller_first_in_line(self, talking, phone, anna):
        caller, hers, _call = talking
        phone.hang_up(hers)
        phone.deliver()
        CallLeg.objects.filter(agent=anna).update(back_by=timezone.now())
        CallLeg.objects.filter(role="customer").update(back_by=None)
        line.give_up(CallLeg.objects.select_related("call__interaction__queue", "agent__person").get(agent=anna))
        assert state() == ("waiting", "queued")
        assert caller.room


class TestColleagues:
    def test_one_asked_in_private_comes_only_once_the_caller_is_on_hold(self, talking, phone, anna, bo):
        caller, _hers, call = talking
        talk.consult(leg_for(anna), bo)
        asked = leg_for(bo)
        his = phone.dial_in(signed_in(bo).identity, leg_signer.sign(asked.peer))
        assert not his.room
        [redirect] = his.heard
        carry_out(call.pk)
        assert phone.rooms[caller.room].people[caller.sid].hold is True
        phone.fetch(his, redirect.removeprefix("→ "))
        assert his.room == caller.room

    def test_a_warm_transfer(self, talking, phone, anna, bo):
        caller, hers, call = talking
        talk.consult(leg_for(anna), bo)
        carry_out(call.pk)
        his = come_to_the_line(phone, bo)
        talk.hand_over(leg_for(anna))
        carry_out(call.pk)
        phone.deliver()
        assert hers.over
        assert not caller.over
        assert his.room == caller.room
        assert phone.rooms[caller.room].people[caller.sid].hold is False
        assert Interaction.objects.get().agent == bo

    def test_a_supervisor_listens_whispers_and_talks(self, talking, phone, sam):
        caller, hers, call = talking
        desk = Client()
        desk.force_login(sam)
        page = desk.post(f"/wallboard/calls/{call.pk}/", {"mode": "monitor"}, follow=True).content.decode()
        assert "<twilio-phone" in page
        peer = CallLeg.objects.get(role="supervisor").peer
        leave = desk.post(f"/calls/{peer}/telephone/").json()
        theirs = phone.dial_in(PhoneGrant.objects.latest("pk").identity, leave["leg"])
        phone.deliver()
        room = phone.rooms[caller.room]
        expected = {"monitor": (True, True), "whisper": (True, False), "barge": (False, False)}
        for mode, (coaching, muted) in expected.items():
            talk.supervise(Call.objects.get(), sam, mode)
            carry_out(call.pk)
            person = room.people[theirs.sid]
            assert (person.coaching, person.muted) == (coaching, muted)
            assert person.coached == hers.sid


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

    def test_another_key_changes_nothing(self, phone):
        caller = phone.ring()
        phone.press(caller, "7")
        assert Call.objects.get().live


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


class TestTwiceLateAndOutOfOrder:
    """Every webhook of a call: the same final state, one interaction, one recording."""

    def a_call(self, phone, number, anna, deliver):
        number.recording_notice = "This call is recorded."
        number.save()
        caller = phone.ring()
        make_active(Interaction.objects.get(), anna)
        come_to_the_line(phone, anna)
        for pk in Recording.objects.values_list("pk", flat=True):
            recording.begin(pk)
            recording.begin(pk)
        phone.hang_up(caller)
        for one in phone.recordings:
            phone.recordings.finish(one)
        deliver()
        for pk in Recording.objects.values_list("pk", flat=True):
            recording.bring(pk)
            recording.bring(pk)
        deliver()

    @pytest.mark.parametrize("seed", [None, 1, 2, 3])
    @pytest.mark.parametrize("times", [1, 2])
    def test_it_comes_to_the_same(self, phone, number, anna, times, seed):
        self.a_call(phone, number, anna, lambda: phone.deliver(times=times, shuffled=seed))
        assert state() == ("ended", "wrap_up")
        assert Interaction.objects.count() == 1
        kept = Recording.objects.get()
        assert (kept.state, kept.duration, kept.channels) == ("done", timedelta(seconds=13), 2)
        assert kept.path.endswith(".mp3")
        assert len(phone.recordings) == 1
        keys = CallEvent.objects.exclude(key="").values_list("key", flat=True)
        assert len(keys) == len(set(keys))

    def test_one_told_late_of_a_line_that_was_replaced_moves_nothing(self, talking, phone, anna):
        _caller, hers, _call = talking
        phone.hang_up(hers)
        late, phone.news = phone.news, []
        come_to_the_line(phone, anna)
        phone.news = late
        phone.deliver()
        assert state() == ("talking", "active")
        assert leg_for(anna).back_by is None
