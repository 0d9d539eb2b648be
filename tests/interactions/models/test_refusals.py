"""Every verb from every state: where it is allowed it moves, elsewhere it refuses and leaves no trace."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.errors import StaleState
from interactions.models import Interaction
from tests.cast import make_offer, make_state, numbers_of

STATES = [str(state) for state in Interaction.State]
OPEN = ["queued", "offered", "active", "parked"]

VERBS = {
    "hear": (lambda chat, maya, queue: chat.hear("Hello"), OPEN),
    "reply": (lambda chat, maya, queue: chat.reply(maya, "Hi"), ["active"]),
    "note": (lambda chat, maya, queue: chat.note(maya, "Called before"), STATES),
    "transfer": (lambda chat, maya, queue: chat.transfer_to(queue, by=maya), ["active"]),
    "park": (lambda chat, maya, queue: chat.park(timezone.now() + timedelta(hours=1), by=maya), ["active"]),
    "wake": (lambda chat, maya, queue: chat.wake(why="it was time"), ["parked"]),
    "return": (lambda chat, maya, queue: chat.return_to_queue(why="asked", by=maya.person), ["active"]),
    "end": (lambda chat, maya, queue: chat.end(by=maya), ["active", "parked"]),
    "leave": (lambda chat, maya, queue: chat.leave(), STATES),
    "abandon": (lambda chat, maya, queue: chat.abandon(why="gone"), ["queued", "offered"]),
    "rejoin": (lambda chat, maya, queue: chat.rejoin(), ["abandoned"]),
    "wrap_up": (lambda chat, maya, queue: chat.complete_wrap_up(by=maya.person), ["wrap_up"]),
    "rate": (lambda chat, maya, queue: chat.rate(5), ["wrap_up", "closed"]),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_moves_only_from_its_own_states(verb, state, chat, maya, queue):
    chat = make_state(state, chat, maya)
    act, allowed = VERBS[verb]
    before = (chat.state, chat.agent_id, chat.last_seq)
    if state in allowed:
        act(chat, maya, queue)
    else:
        with pytest.raises(StaleState):
            act(chat, maya, queue)
    chat.refresh_from_db()
    if state not in allowed:
        assert (chat.state, chat.agent_id, chat.last_seq) == before
    assert numbers_of(chat) == list(range(1, chat.last_seq + 1))


OFFER_VERBS = {
    "accept": lambda offer: offer.accept(),
    "decline": lambda offer: offer.decline(),
    "time_out": lambda offer: offer.time_out(),
    "rescind": lambda offer: offer.rescind(why="gone"),
}
ENDINGS = {**OFFER_VERBS, "customer_leaves": lambda offer: offer.interaction.leave()}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("verb", OFFER_VERBS)
def test_an_offer_ends_once(verb, ending, chat, maya):
    """Also when the interaction is ringing again at somebody: an old offer has no say in it."""
    offer = make_offer(chat, maya)
    ENDINGS[ending](offer)
    chat.refresh_from_db()
    if chat.state == "queued":
        make_offer(chat, maya)
    before = (chat.state, chat.last_seq, maya.capacities.get(channel="chat").load)
    with pytest.raises(StaleState):
        OFFER_VERBS[verb](offer)
    chat.refresh_from_db()
    assert (chat.state, chat.last_seq, maya.capacities.get(channel="chat").load) == before


@pytest.mark.parametrize("verb", ["reply", "transfer", "park", "end"])
def test_only_whoever_has_the_work_may_move_it(verb, talk, omar, queue):
    with pytest.raises(StaleState):
        VERBS[verb][0](talk, omar, queue)
    talk.refresh_from_db()
    assert talk.state == "active"


def test_only_its_agent_wraps_it_up(talk, maya, omar, solved):
    talk.end(by=maya)
    with pytest.raises(StaleState):
        talk.wrap_up(solved, by=omar)
    talk.refresh_from_db()
    assert talk.state == "wrap_up"


def test_only_the_agent_it_was_returned_from_takes_it_back(talk, maya, omar):
    talk.return_to_queue(why="asked", by=maya.person)
    with pytest.raises(StaleState):
        talk.take_back(omar)
    talk.take_back(maya)
    assert (talk.state, talk.agent) == ("active", maya)
