"""Calls from the answer to the end: one call, one interaction, whatever the network does."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from interactions.adapters.twilio import recording
from interactions.adapters.twilio.rooms import carry_out
from interactions.adapters.twilio.twiml import leg_signer
from interactions.calls import line, talk
from interactions.models import Call, CallEvent, CallLeg, Interaction, PhoneGrant, Recording
from tests.cast import make_active
from tests.interactions.adapters.twilio.calls.conftest import come_to_the_line, leg_for, signed_in, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey", "own_folder")]


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
