"""Addresses and Message-IDs of our own lead back to one interaction, and to no other."""

import pytest

from interactions.adapters.email.ours import (
    interaction_of_address,
    interaction_of_message_id,
    new_message_id,
    reply_address,
    without_number,
)


def test_an_answer_finds_its_interaction():
    address, message_id = reply_address("help@example.com", 41), new_message_id(41, "example.com")
    assert interaction_of_address(address) == interaction_of_address(address.upper()) == 41
    assert interaction_of_message_id(message_id) == interaction_of_message_id(f" <{message_id}> ") == 41
    assert new_message_id(41, "example.com") != message_id


@pytest.mark.parametrize("other", ["help+42-{0}@example.com", "help+41-{1}@example.com", "help+41@example.com"])
def test_nobody_makes_an_address_up(other):
    signature = reply_address("help@example.com", 41).partition("-")[2].partition("@")[0]
    assert interaction_of_address(other.format(signature, signature[::-1])) is None


@pytest.mark.parametrize(
    "text", ["", "@", "41.@x", "9" * 40 + "-" + "0" * 20 + "@x", "٤١-00000000000000000000@x", "a" * 9999]
)
def test_any_text_is_an_answer_to_nothing(text):
    assert interaction_of_message_id(text) is interaction_of_address(text) is None


def test_an_address_lives_through_a_new_secret_key(settings):
    address = reply_address("help@example.com", 41)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert interaction_of_address(address) == 41
    settings.SECRET_KEY_FALLBACKS = []
    assert interaction_of_address(address) is None


def test_a_mailbox_is_shown_as_people_know_it():
    assert without_number(reply_address("help@example.com", 41)) == "help@example.com"
    theirs = "lee+41-0123456789abcdef0123@example.org"
    assert without_number(theirs) == theirs
