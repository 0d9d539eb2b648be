"""One piece of work moved by two at once: R1 at the accept, R4, R6, R8, R15, R26 as races.

Each test holds what one session did in an open transaction, sees the other stand at its lock or step aside, and then
lets the first one commit.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from interactions.models import Interaction, marks
from interactions.models.marks import Mark
from tests.cast import load_of, make_active, make_chat, make_offers, make_visitor
from tests.interactions.routing.racing import again, assert_whole, claim_now, found_matches, refused

pytestmark = pytest.mark.django_db(transaction=True)


def test_r01_of_two_who_accept_at_once_one_has_it(chat, maya, omar, one, two):
    mine, theirs = make_offers(chat, maya, omar)
    with one.holding():
        one.do(again(mine).accept)
        late = two.start(again(theirs).accept)
        two.waits()
    refused(late)
    assert (again(chat).agent, load_of(maya), load_of(omar)) == (maya, 1, 0)
    assert (again(theirs).state, again(theirs).reason) == ("rescinded", "somebody else has it")


def test_r01_two_pairs_of_offers_are_accepted_crosswise(chat, maya, omar, entry_point, one, two):
    """Each wins one and loses the other: both transactions lock both agents, in the same order."""
    other = make_chat(entry_point)
    mine, _theirs = make_offers(chat, maya, omar)
    _mine, theirs = make_offers(other, maya, omar)
    with one.holding():
        one.do(again(mine).accept)
        late = two.start(again(theirs).accept)
        two.waits()
    assert late.result(30).agent_id == omar.pk
    assert (load_of(maya), load_of(omar)) == (1, 1)


@pytest.mark.parametrize("end", ["decline", "time_out"])
def test_r08_the_last_two_offers_end_at_once_and_it_waits_again(chat, maya, omar, one, two, end):
    mine, theirs = make_offers(chat, maya, omar)
    with one.holding():
        one.do(getattr(again(mine), end))
        late = two.start(getattr(again(theirs), end))
        two.waits()
    late.result(30)
    assert (again(chat).state, load_of(maya), load_of(omar)) == ("queued", 0, 0)


def test_r15_the_timer_and_a_little_longer_at_once(talk, maya, one, two):
    talk.end(by=maya)
    Interaction.objects.filter(pk=talk.pk).update(wrap_up_until=timezone.now())
    with one.holding():
        one.do(again(talk).extend_wrap_up, by=maya)
        late = two.start(again(talk).time_up)
        two.waits()
    refused(late)
    assert again(talk).state == "wrap_up"


def test_r04_one_completed_item_is_counted_once(talk, maya, entry_point, solved, one, two):
    """The agent's button and the server's timer in the same moment."""
    make_active(make_chat(entry_point), maya)
    talk.end(by=maya)
    with one.holding():
        one.do(again(talk).wrap_up, solved, by=maya)
        late = two.start(again(talk).time_up)
        two.waits()
    refused(late)
    assert (load_of(maya), again(talk).disposition) == (1, solved)
    assert talk.events.filter(what="wrapped_up").count() == 1


def test_r04_both_sides_end_at_once(talk, maya, one, two):
    with one.holding():
        one.do(again(talk).leave)
        late = two.start(again(talk).end, by=maya)
        two.waits()
    refused(late)
    assert (again(talk).state, talk.events.filter(what="ended").count(), load_of(maya)) == ("wrap_up", 1, 1)


def test_r06_a_further_line_and_a_claim_at_once_give_two_numbers(chat, maya, one, two):
    matches = two.do(found_matches)
    with one.holding():
        one.do(again(chat).hear, "Still there?")
        assert two.do(claim_now, matches) == []
    with two.holding():
        assert len(two.do(claim_now, matches)) == 1
        late = one.start(again(chat).hear, "Hello?")
        one.waits()
    late.result(30)
    assert_whole(chat)
    assert again(chat).state == "offered"


@pytest.mark.parametrize("winner", ["accept", "time_out"])
def test_r08_accepted_at_the_last_moment_or_timed_out_never_both(winner, offer, maya, one, two):
    moves = {"accept": again(offer).accept, "time_out": again(offer).time_out}
    first, second = moves.pop(winner), moves.popitem()[1]
    with one.holding():
        one.do(first)
        late = two.start(second)
        two.waits()
    refused(late)
    won = winner == "accept"
    assert (again(offer).state, again(offer.interaction).state, load_of(maya)) == (
        ("accepted", "active", 1) if won else ("timed_out", "queued", 0)
    )
    assert again(maya).missed == (0 if won else 1)


def test_accepted_in_two_tabs_one_wins(offer, maya, one, two):
    with one.holding():
        one.do(again(offer).accept)
        late = two.start(again(offer).accept)
        two.waits()
    refused(late)
    assert (load_of(maya), offer.interaction.segments.count()) == (1, 1)


@pytest.mark.parametrize("first", ["accept", "leave"])
def test_accepted_while_the_customer_leaves(first, offer, maya, one, two):
    accept, leave = again(offer).accept, again(offer.interaction).leave
    with one.holding():
        one.do(accept if first == "accept" else leave)
        late = two.start(leave if first == "accept" else accept)
        two.waits()
    if first == "accept":
        late.result(30)
        assert (again(offer.interaction).state, load_of(maya)) == ("wrap_up", 1)
    else:
        refused(late)
        assert (again(offer.interaction).state, again(offer).state, load_of(maya)) == ("abandoned", "rescinded", 0)


def test_declined_while_the_customer_leaves(offer, maya, one, two):
    with one.holding():
        one.do(again(offer.interaction).leave)
        late = two.start(again(offer).decline)
        two.waits()
    refused(late)
    assert (load_of(maya), again(offer.interaction).state) == (0, "abandoned")


def test_a_line_of_the_customers_while_the_agent_ends(talk, maya, one, two):
    with one.holding():
        one.do(again(talk).end, by=maya)
        late = two.start(again(talk).hear, "One more thing")
        two.waits()
    refused(late)
    assert not talk.messages.filter(text="One more thing").exists()
    assert_whole(talk)


def test_a_line_of_the_customers_and_one_of_the_agents_at_once(talk, maya, one, two):
    with one.holding():
        one.do(again(talk).hear, "Hello?")
        late = two.start(again(talk).reply, maya, "Hi")
        two.waits()
    late.result(30)
    assert_whole(talk)
    assert again(talk).unanswered_since is None


def test_a_reply_while_the_work_is_handed_over_is_refused(talk, maya, omar, queue, one, two):
    with one.holding():
        one.do(again(talk).transfer_to, queue, by=maya)
        late = two.start(again(talk).reply, maya, "Too late")
        two.waits()
    refused(late)


def test_a_line_of_the_customers_while_the_work_goes_to_another_queue(talk, maya, billing, one, two):
    """The row waited for has another queue than the one read first: it must not seem to be gone."""
    with one.holding():
        one.do(again(talk).transfer_to, billing, by=maya)
        late = two.start(again(talk).hear, "Hello?")
        two.waits()
    late.result(30)
    assert again(talk).queue == billing


def test_ended_while_it_is_being_answered_by_somebody_just_now(offer, maya, one, two):
    """The row waited for has an agent it did not have when first read."""
    with one.holding():
        one.do(again(offer).accept)
        late = two.start(again(offer.interaction).return_to_queue, why="asked", by=maya.person)
        two.waits()
    late.result(30)
    assert (again(offer.interaction).state, load_of(maya)) == ("queued", 0)


def test_the_same_line_sent_twice_at_once_is_one(talk, one, two):
    with one.holding():
        one.do(again(talk).hear, "Hello?", client_id="a1")
        late = two.start(again(talk).hear, "Hello?", client_id="a1")
        two.waits()
    late.result(30)
    assert talk.messages.filter(client_id="a1").count() == 1


def test_lines_of_both_sides_at_once_stand_in_a_row_and_none_follows_the_end(talk, maya, one, two):
    before = talk.last_seq
    with one.holding():
        one.do(again(talk).reply, maya, "Hi", client_id="b1")
        late = two.start(again(talk).hear, "Hello?", client_id="a1")
        two.waits()
    assert (late.result(30).seq, late.result(30).prev) == (before + 2, before + 1)
    assert (again(talk).last_line, again(talk).unanswered_since) == (before + 2, late.result(30).at)
    with one.holding():
        one.do(again(talk).end, by=maya)
        too_late = two.start(again(talk).hear, "One more thing", client_id="a2")
        two.waits()
    refused(too_late)
    assert not talk.messages.filter(client_id="a2").exists()


def test_a_mark_neither_waits_for_a_move_nor_holds_up_those_of_others_and_is_told_to_try_again(
    talk, entry_point, maya, one
):
    chat = make_chat(entry_point)
    mark, another = Mark(talk.pk, "customer_read"), Mark(chat.pk, "customer_read")
    with one.holding():
        one.do(again(talk).reply, maya, "Hi")
        assert marks.move({mark: 2, another: 1}) == {mark}
    assert (again(talk).customer_read, again(chat).customer_read) == (0, 1)
    assert marks.move({mark: 2}) == set()
    talk = again(talk)
    assert (talk.customer_read, talk.agent_read) == (2, talk.last_line)


def test_r26_two_first_messages_of_one_visitor_make_one_conversation(entry_point, one, two):
    visitor = make_visitor(entry_point)

    def arrive(text):
        return make_chat(entry_point, visitor=again(visitor), text=text, client_id=text)

    with one.holding():
        first = one.do(arrive, "Hello?")
        late = two.start(arrive, "Anyone?")
        two.waits()
    assert late.result(30) == first
    assert list(first.messages.values_list("text", flat=True)) == ["Hello?", "Anyone?"]
    assert Interaction.objects.count() == 1
    assert_whole(first)


def test_woken_twice_at_once(talk, maya, one, two):
    talk.park(timezone.now() + timedelta(hours=1), by=maya)
    with one.holding():
        one.do(again(talk).hear, "Here it is")
        late = two.start(again(talk).wake, why="it was time")
        two.waits()
    refused(late)
    assert (again(talk).state, talk.events.filter(what="woken").count()) == ("queued", 1)


def test_two_colleagues_hand_over_to_each_other_at_once(talk, maya, omar, queue, entry_point, one, two):
    """Each holds the own row and names the other's: no deadlock, because naming needs no more than that it exists."""
    other = make_active(make_chat(entry_point), omar)
    with one.holding():
        one.do(again(maya).miss, 9)
        with two.holding():
            two.do(again(other).transfer_to, queue, by=omar, agent=again(maya))
            one.do(again(talk).transfer_to, queue, by=maya, agent=again(omar))
    assert (again(talk).preferred_agent, again(other).preferred_agent) == (omar, maya)


def test_a_message_naming_an_agent_does_not_wait_for_the_agents_row(talk, maya, one, two):
    """The agent's row is locked for as long as a claim runs; replies go on."""
    with one.holding():
        one.do(again(maya).miss, 9)
        two.do(again(talk).reply, maya, "Hi")


def test_r26_back_in_one_tab_and_writing_anew_in_another_is_one_conversation(chat, one, two):
    """The page was gone and is back while the same visitor begins again: the first to commit is the conversation."""
    again(chat).abandon(why="the customer's page is gone")

    def arrive():
        return make_chat(chat.entry_point, visitor=again(chat.visitor), text="Anyone?", client_id="a2")

    with one.holding():
        one.do(again(chat).rejoin)
        late = two.start(arrive)
        two.waits()
    assert late.result(30) == chat
    assert Interaction.objects.filter(state="queued").count() == 1
    assert_whole(chat)


def test_r26_and_the_other_way_round(chat, one, two):
    again(chat).abandon(why="the customer's page is gone")
    with one.holding():
        anew = one.do(make_chat, chat.entry_point, visitor=again(chat.visitor), text="Anyone?", client_id="a2")
        late = two.start(again(chat).rejoin)
        two.waits()
    refused(late)
    assert [*Interaction.objects.filter(state="queued")] == [anew]
