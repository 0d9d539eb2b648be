"""Many mails at once become what they would have become one by one."""

from collections import Counter

import pytest
from django.db import Error

from interactions.adapters.email import crowds
from interactions.adapters.email.crowds import process_all
from interactions.adapters.email.store import Brought, store, store_all
from interactions.models import Customer, Interaction, Mailbox, Message, RawMail
from tests.interactions.adapters.email.conftest import HELP, letter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]


def stored(door, *mails):
    return [store(bytes(mail), entry_point=door, door=RawMail.Door.SMTP).pk for mail in mails]


def actions(pks):
    known = dict(RawMail.objects.values_list("pk", "action"))
    return [known[pk] for pk in pks]


def test_a_crowd_of_mixed_mail_comes_out_in_its_order(door):
    question = letter("Where is it?", From="Ana <ana@example.org>")
    pks = stored(
        door,
        letter("Mine too."),
        question,
        letter("Never mind.", From="ana@example.org", In_Reply_To=question["Message-ID"]),
        question,
        letter("I am away.", From="out@example.org", Auto_Submitted="auto-replied"),
        letter("And mine again."),
        letter("Buy now!", From="spam@example.org", X_Spam_Flag="YES"),
        letter("The last.", From="last@example.org"),
    )
    process_all(pks)
    assert actions(pks) == ["created", "created", "threaded", "duplicate", "auto_reply", "created", "spam", "created"]
    asked = Interaction.objects.get(customer__name="Ana")
    assert list(asked.messages.values_list("text", flat=True)) == ["Where is it?", "Never mind."]
    assert Counter(Customer.objects.values_list("name", flat=True))["Lee Wong"] == 1, "two mails of a new customer"


def test_what_arrives_in_a_crowd_is_as_if_it_came_alone(door, django_assert_max_num_queries):
    alone, *crowd = stored(door, *(letter("Hello", From=f"{n}@example.org") for n in range(21)))
    process_all([alone])
    with django_assert_max_num_queries(25):
        process_all(crowd)
    first, *others = Interaction.objects.order_by("pk")
    changing = (
        "pk",
        "customer",
        "arrived_at",
        "queued_at",
        "place_from",
        "place_at",
        "unanswered_since",
        "reply_due_at",
    )
    fields = [field.name for field in Interaction._meta.concrete_fields if field.name not in (*changing, "id")]
    for one in others:
        assert [getattr(one, name) for name in fields] == [getattr(first, name) for name in fields]
        assert one.unanswered_since == one.messages.get().at
        assert [event.what for event in one.events.all()] == ["arrived"]
        assert one.messages.get().email.sender_verified


def test_one_that_cannot_be_filed_takes_no_other_with_it(door, monkeypatch):
    mails = [letter(f"Mail {n}", From=f"{n}@example.org") for n in range(3)]
    pks, arrive_all = stored(door, *mails), crowds.arrive_all

    def refuse_several(letters):
        if len(letters) > 1:
            raise ValueError("one of them")
        return arrive_all(letters)

    monkeypatch.setattr(crowds, "arrive_all", refuse_several)
    process_all(pks)
    assert actions(pks) == ["created"] * 3
    assert set(Message.objects.values_list("text", flat=True)) == {"Mail 0", "Mail 1", "Mail 2"}


def test_large_mails_are_not_all_in_memory_at_once(door, monkeypatch):
    pks = stored(door, *(letter("x" * 500, From=f"{n}@example.org") for n in range(4)))
    monkeypatch.setattr(crowds, "MOST_BYTES", 1500)
    assert [len(some) for some in crowds._bounded(pks)] == [2, 2]


def test_one_that_cannot_be_stored_stays_with_whoever_brought_it(door, monkeypatch):
    bulk_create = RawMail.objects.bulk_create

    def refuse_the_bad(rows):
        if any(b"bad" in row.raw for row in rows):
            raise Error("too large for the database")
        return bulk_create(rows)

    monkeypatch.setattr(RawMail.objects, "bulk_create", refuse_the_bad)
    good, bad, nobodys = store_all(
        [Brought(b"good", "", [HELP]), Brought(b"bad", "", [HELP]), Brought(b"good", "", ["nobody@example.com"])]
    )
    assert [len(good), type(bad), nobodys] == [1, Error, []]


def test_an_address_leads_to_its_mailbox_with_and_without_a_suffix(door, billing_door):
    Mailbox.objects.filter(address="billing@example.com").update(active=False)
    reached = Mailbox.objects.reached()
    found = [reached(address) for address in (" HELP@Example.com", "help+7-abc@example.com", "billing@example.com", "")]
    assert [mailbox and mailbox.entry_point for mailbox in found] == [door, door, None, None]
