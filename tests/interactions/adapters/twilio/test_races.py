"""The same webhook at the same moment, in two processes: the second waits for the first and finds it done."""

import pytest

from interactions.adapters.twilio.arriving import answer
from interactions.adapters.twilio.incoming import Said, receive
from interactions.models import Call, Customer, Interaction, Message, Number
from tests.cast import make_entry_point
from tests.interleaving import sessions

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("valkey")]


@pytest.fixture
def number(number, queue):
    number.calls = make_entry_point(queue, "calls", channel="voice")
    number.save()
    return Number.objects.get()


def said(sid, words):
    return Said.of({"MessageSid": sid, "From": "+31612345678", "To": "+3197010281234", "Body": words})


@pytest.mark.parametrize("sid", ["SM1", "SM2"])
def test_two_messages_of_a_new_number_are_one_customers_and_one_piece_of_work(configured, number, sid):
    with sessions("first", "second") as (first, second):
        with first.holding():
            first.do(receive, said("SM1", "one"), number)
            other = second.start(receive, said(sid, "two"), number)
            second.waits()
        assert other.result(10) is (sid == "SM2")
    assert (Customer.objects.count(), Interaction.objects.count()) == (1, 1)
    assert Message.objects.filter(kind="inbound").count() == int(sid[-1])


def test_a_call_told_of_twice_is_one(configured, number):
    number = Number.objects.reached("voice", number.number)
    with sessions("first", "second") as (first, second):
        with first.holding():
            told = first.do(answer, number, "CA1", "+31612345678")
            other = second.start(answer, number, "CA1", "+31612345678")
            second.waits()
        assert other.result(10) == told
    assert (Call.objects.count(), Interaction.objects.count()) == (1, 1)
