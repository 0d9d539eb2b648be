"""Who cannot wait is asked for a number to call back."""

import pytest

from interactions.models import Address
from tests.interactions.models.limiting import chat_at, limit, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def test_to_be_called_back_the_customer_is_asked_for_a_number(queue, maya):
    limit(queue, longest_line=1, overflow_action="callback")
    chat_at(queue)
    chat = chat_at(queue)
    assert (chat.live, chat.call_back) == (False, "")
    ((notice, text),) = told(chat)
    assert (notice, "Write the number" in text) == ("call_back", True)
    chat.hear("I would rather chat")
    assert chat.call_back == ""
    chat.hear("ok then: +31 (0)20 555-01 23, after 5")
    chat.refresh_from_db()
    assert chat.call_back == "+310205550123"
    assert told(chat)[-1] == ("will_call", "We will call you back at the number you gave.")
    assert chat.customer.addresses.get(kind="phone").value == "+310205550123"
    chat.hear("or 0612345678")
    chat.refresh_from_db()
    assert (chat.call_back, len(told(chat))) == ("+310205550123", 2), "asked once, answered once"


def test_a_number_we_know_is_not_asked_again(queue, maya, lee):
    limit(queue, longest_line=1, overflow_action="callback")
    chat_at(queue)
    Address.objects.create(customer=lee, kind="phone", value="0612345678")
    chat = chat_at(queue, customer=lee)
    assert (chat.call_back, told(chat)[0][0]) == ("0612345678", "will_call")


@pytest.mark.parametrize("text", ["12345", "order 2026-03-02-1234567890123456", "call me", ""])
def test_not_everything_with_digits_is_a_telephone_number(text, queue, maya):
    limit(queue, longest_line=1, overflow_action="callback")
    chat_at(queue)
    chat = chat_at(queue)
    chat.hear(text or "…")
    assert chat.call_back == ""


def test_a_number_in_any_other_message_is_no_wish_to_be_called(queue, maya):
    left = chat_at(queue, live=False)
    left.hear("My number is 0612345678")
    left.refresh_from_db()
    assert left.call_back == ""
