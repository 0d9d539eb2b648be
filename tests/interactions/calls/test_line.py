from datetime import timedelta

import pytest

from agents.errors import StaleState
from interactions.calls import line, talk
from interactions.models import Call
from tests.cast import load_of, make_active
from tests.interactions.calls.conftest import leg_of, overdue

pytestmark = pytest.mark.django_db


def test_a_chat_in_line_becomes_a_call_in_line(chat, maya):
    call = line.start(chat, "browser", consented=True)
    chat.refresh_from_db()
    assert (chat.state, chat.channel, chat.on_call) == ("queued", "voice", True)
    assert (call.state, call.was) == ("waiting", "chat")
    assert line.start(chat, "browser", consented=True) == call


def test_a_chat_that_rings_stops_ringing_and_waits_as_a_call(offer, maya):
    line.start(offer.interaction, "browser", consented=True)
    offer.refresh_from_db()
    offer.interaction.refresh_from_db()
    assert (offer.state, offer.interaction.state) == ("rescinded", "queued")
    assert load_of(maya) == 0


def test_who_accepts_is_asked_to_the_line_and_talks_once_there(call, maya, heard):
    line.join(leg_of(call, "customer"))
    make_active(call.interaction, maya)
    call.refresh_from_db()
    assert call.state == "connecting"
    assert leg_of(call, maya).back_by
    line.join(leg_of(call, maya))
    call.refresh_from_db()
    assert (call.state, bool(call.answered_at)) == ("talking", True)
    assert heard(call) == ["began", "joined", "joined"]


def test_a_chat_in_hand_rings_at_its_agent_and_takes_the_room_of_a_call_when_answered(talk, maya):
    call = line.start(talk, "browser", consented=True)
    assert call.state == "connecting"
    assert leg_of(call, maya).back_by is None, "it rings for as long as the customer waits"
    line.join(leg_of(call, "customer"))
    line.join(leg_of(call, maya))
    talk.refresh_from_db()
    assert talk.channel == "voice"
    assert (load_of(maya, "voice"), load_of(maya, "chat")) == (1, 0)


def test_an_agent_who_takes_no_calls_is_not_called(chat, omar):
    talk = make_active(chat, omar)
    with pytest.raises(StaleState, match="cannot take calls"):
        line.start(talk, "browser", consented=True)


def test_a_call_that_was_a_chat_is_one_again_after_hanging_up(talk, maya):
    call = line.start(talk, "browser", consented=True)
    line.join(leg_of(call, "customer"))
    line.join(leg_of(call, maya))
    line.hang_up(leg_of(call, "customer"))
    talk.refresh_from_db()
    call.refresh_from_db()
    assert (talk.state, talk.channel, talk.agent, talk.on_call) == ("active", "chat", maya, False)
    assert call.state == "ended"
    assert (load_of(maya, "voice"), load_of(maya, "chat")) == (0, 1)
    assert talk.messages.order_by("seq").last().notice == "call_over"


def test_hanging_up_ends_what_began_as_a_call(talking, maya):
    Call.objects.filter(pk=talking.pk).update(was="")
    line.hang_up(leg_of(talking, maya))
    talking.refresh_from_db()
    assert (talking.state, talking.interaction.state, talking.interaction.on_call) == ("ended", "wrap_up", False)
    assert not talking.legs.live().exists()


def test_a_customer_who_hangs_up_in_line_has_left(call):
    Call.objects.filter(pk=call.pk).update(was="")
    line.hang_up(leg_of(call, "customer"))
    call.refresh_from_db()
    assert (call.state, call.interaction.state) == ("ended", "abandoned")


def test_passed_on_the_customer_waits_with_music(talking, maya, billing):
    talking.interaction.transfer_to(billing, by=maya)
    talking.refresh_from_db()
    assert talking.state == "waiting"
    assert [leg.role for leg in talking.legs.live()] == ["customer"]


def test_a_page_that_comes_back_with_its_number_is_the_same_page(talking, maya, heard):
    leg = leg_of(talking, maya)
    line.lose(leg)
    assert leg_of(talking, maya).back_by
    line.join(leg_of(talking, maya), page=leg.page)
    back = leg_of(talking, maya)
    assert (back.page, back.back_by) == (leg.page, None)
    line.join(back)
    assert leg_of(talking, maya).page == leg.page + 1, "a page that was loaded anew is another one"
    assert heard(talking)[-3:] == ["lost", "back", "back"]


def test_an_old_page_that_closes_does_not_lose_the_new_one(talking, maya):
    line.lose(leg_of(talking, maya), page=leg_of(talking, maya).page - 1)
    assert leg_of(talking, maya).back_by is None


def test_an_agents_page_that_stays_away_puts_the_call_first_in_line(talking, maya):
    before = talking.interaction.place_from
    line.lose(leg_of(talking, maya))
    line.give_up(overdue(leg_of(talking, maya)))
    talking.refresh_from_db()
    interaction = talking.interaction
    assert (interaction.state, interaction.agent, talking.state) == ("queued", None, "waiting")
    assert interaction.place_from < before - timedelta(hours=23)
    assert interaction.returned_from is None, "whose page cannot carry it does not get it back by itself"
    assert load_of(maya, "voice") == 0


def test_who_is_still_heard_is_waited_for(talking, maya):
    line.lose(leg_of(talking, maya))
    line.still_heard(overdue(leg_of(talking, maya)))
    with pytest.raises(StaleState):
        line.give_up(leg_of(talking, maya))
    talking.refresh_from_db()
    assert talking.interaction.agent == maya


def test_when_no_page_can_be_reached_it_is_we_who_were_away(talking, maya):
    line.lose(leg_of(talking, "customer"))
    line.lose(leg_of(talking, maya))
    line.give_up(overdue(leg_of(talking, maya)))
    talking.refresh_from_db()
    assert talking.live
    assert talking.interaction.agent == maya


def test_a_customers_page_that_stays_away_has_hung_up(talking):
    line.lose(leg_of(talking, "customer"))
    line.give_up(overdue(leg_of(talking, "customer")))
    talking.refresh_from_db()
    assert talking.state == "ended"


def test_nothing_moves_in_a_call_that_is_over(talking, maya):
    leg = leg_of(talking, maya)
    line.hang_up(leg_of(talking, "customer"))
    for verb in (lambda: line.join(leg), lambda: line.lose(leg), lambda: talk.mute(leg, True)):
        with pytest.raises(StaleState):
            verb()
