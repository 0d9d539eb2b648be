"""What a mail goes on with, who may go on with it, and what never answers or reopens anything."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interactions.adapters.email.filing import MOST_REOPENINGS
from interactions.adapters.email.ours import new_message_id, reply_address
from interactions.invariants import broken
from interactions.models import Customer, Interaction, Mailbox
from tests.cast import make_active, make_state
from tests.interactions.adapters.email.conftest import HELP, letter, take

pytestmark = pytest.mark.usefixtures("own_folder", "db")


@pytest.fixture
def first():
    return letter()


@pytest.fixture
def work(door, first):
    return take(first, door).row.interaction


def answer(first, text="It is the blue one.", **headers):
    return letter(text, **{"Subject": "Re: Lamp", "In_Reply_To": first["Message-ID"]} | headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"In_Reply_To": None, "References": "<nobody@x> {id} <later@x>"},
        {"In_Reply_To": "{id}", "References": "<nobody@x>"},
        {"Subject": "Something else altogether"},
    ],
)
def test_an_answer_goes_on_with_what_it_answers(door, first, work, headers):
    headers = {name: value and value.format(id=first["Message-ID"]) for name, value in headers.items()}
    row = take(answer(first, **headers), door).row
    assert (row.action, row.interaction) == ("threaded", work)
    assert work.messages.last().text == "It is the blue one."
    assert work.messages.last().email.subject_changed == ("Something" in headers.get("Subject", ""))
    assert broken() == []


def test_our_own_addresses_and_ids_lead_back(door, work):
    by_address = letter("A", To=reply_address(HELP, work.pk))
    by_envelope = take(letter("B"), door, envelope_to=[reply_address(HELP, work.pk)])
    by_id = letter("C", References=f"<{new_message_id(work.pk, 'example.com')}>")
    outcomes = [take(by_address, door), by_envelope, take(by_id, door)]
    assert [outcome.row.interaction for outcome in outcomes] == [work] * 3


@pytest.mark.parametrize(
    "headers",
    [
        {"Subject": "Re: Lamp"},
        {"Subject": "Re: Lamp [#{pk}]"},
        {"To": "help+{pk}@example.com"},
        {"To": "help+{pk}-00000000000000000000@example.com"},
        {"In_Reply_To": "<{pk}.0.00000000000000000000@example.com>"},
    ],
)
def test_s37_nothing_that_can_be_guessed_leads_anywhere(door, work, headers):
    stranger = letter("Let me in.", From="eve@evil.example", **{k: v.format(pk=work.pk) for k, v in headers.items()})
    row = take(stranger, door).row
    assert row.action == "created"
    assert row.interaction != work
    assert work.messages.count() == 1


def test_a_thread_belongs_to_one_mailbox(door, billing_door, first, work):
    row = take(answer(first, References=f"<{new_message_id(work.pk, 'example.com')}>"), billing_door).row
    assert (row.action, row.interaction.entry_point) == ("created", billing_door)


def test_s37_a_stranger_is_marked_and_does_not_become_the_customer(door, first, work):
    customer = work.customer
    row = take(answer(first, From="Eve <eve@evil.example>"), door).row
    work.refresh_from_db()
    line = work.messages.last()
    assert (row.action, row.interaction, work.customer) == ("threaded", work, customer)
    assert (line.email.from_address, line.email.sender_verified) == ("eve@evil.example", False)
    assert customer.addresses.get().value == "lee@example.org"
    assert Customer.objects.count() == 1


@pytest.mark.parametrize("employed", [True, False])
def test_s38_s39_an_agents_address_is_not_the_agent(door, first, work, omar, employed):
    make_active(work, omar)
    omar.person.email, omar.person.is_active = "omar@example.com", employed
    omar.person.save()
    take(answer(first, "close this", From="Omar <omar@example.com>"), door)
    work.refresh_from_db()
    line = work.messages.filter(kind="inbound").last()
    assert (line.text, line.agent, line.email.sender_verified) == ("close this", None, False)
    assert work.state == "active"
    assert not work.messages.filter(kind="outbound").exists()


def test_a_refuted_sender_is_not_taken_for_the_customer(door, first, work):
    Mailbox.objects.update(authserv_id="mx.example.com")
    checks = "mx.example.com; spf=fail smtp.mailfrom=x; dkim=none; dmarc=fail (p=reject) header.from=example.org"
    take(answer(first, Authentication_Results=checks), door)
    email = work.messages.last().email
    assert email.authentication == {"spf": "fail", "dkim": "none", "dmarc": "fail"}
    assert not email.sender_verified


def test_an_answer_reopens_what_is_closed_and_asks_its_agent_first(door, first, work, omar):
    make_state("closed", work, omar)
    row = take(answer(first), door).row
    work.refresh_from_db()
    assert (row.action, row.interaction, work.state, work.preferred_agent) == ("threaded", work, "queued", omar)
    assert broken() == []


@pytest.mark.parametrize("why", ["late", "stranger", "list"])
def test_what_does_not_reopen_opens_a_linked_one(door, first, work, omar, why):
    make_state("closed", work, omar)
    if why == "late":
        Interaction.objects.filter(pk=work.pk).update(
            arrived_at=timezone.now() - timedelta(days=9),
            queued_at=timezone.now() - timedelta(days=9),
            answered_at=timezone.now() - timedelta(days=9),
            ended_at=timezone.now() - timedelta(days=8),
        )
    headers = {"stranger": {"From": "eve@evil.example"}, "list": {"List_Id": "<talk.example.org>"}}.get(why, {})
    row = take(answer(first, **headers), door).row
    assert row.action == "threaded"
    assert row.interaction != work
    assert (row.interaction.previous, row.interaction.state) == (work, "queued")
    assert Interaction.objects.get(pk=work.pk).state == "closed"
    again = take(answer(first, "And another thing.", **headers), door).row
    assert again.interaction == row.interaction, "goes on in the open one"


def test_s43_two_machines_that_answer_each_other_come_to_an_end(door, first, work, omar):
    for _ in range(MOST_REOPENINGS + 10):
        work.refresh_from_db()
        if work.state == "queued":
            make_state("closed", work, omar)
        take(answer(first), door)
    assert work.events.filter(what="reopened").count() == MOST_REOPENINGS
    assert Interaction.objects.count() == 2


AUTOMATIC = {"Auto_Submitted": "auto-replied", "Subject": "Out of office: Lamp"}


@pytest.mark.parametrize("state", ["queued", "active", "parked", "closed"])
def test_s43_an_automatic_answer_is_a_note_on_what_it_belongs_to(door, first, work, omar, state):
    make_state(state, work, omar)
    waits_since = work.unanswered_since
    row = take(answer(first, "I am away.", **AUTOMATIC), door).row
    work.refresh_from_db()
    line = work.messages.last()
    assert (row.action, row.interaction, work.state) == ("auto_reply", work, state)
    assert (line.kind, line.agent, line.email.automatic) == ("note", None, "auto_reply")
    assert work.unanswered_since == waits_since, "nobody has to answer it"
    assert Interaction.objects.count() == 1
    assert broken() == []


def bounce(message_id):
    return f"""From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: help@example.com
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.
<lee@example.org>: host said: 550 5.1.1 unknown user

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; lee@example.org
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

From: help@example.com
To: lee@example.org
Subject: Re: Lamp
Message-ID: <{message_id}>

Try another bulb.
--b--
""".encode()


def test_s43_a_bounce_finds_the_work_it_is_of(door, work, omar):
    make_state("closed", work, omar)
    row = take(bounce(new_message_id(work.pk, "example.com")), door, envelope_from="").row
    assert (row.action, row.interaction) == ("bounce", work)
    assert work.messages.last().kind == "note"
    assert Interaction.objects.get(pk=work.pk).state == "closed"


def test_a_bounce_of_no_mail_of_ours_bothers_no_agent(door):
    row = take(bounce("somebody@elsewhere.example"), door).row
    assert row.action == "bounce"
    assert (row.interaction.state, row.interaction.set_aside_why) == ("set_aside", "a bounce of no mail of ours")
    assert broken() == []


def test_s43_our_own_mail_coming_back_is_no_news(door, work):
    row = take(letter(From=HELP, Message_ID=f"<{new_message_id(work.pk, 'example.com')}>"), door).row
    assert (row.action, row.interaction) == ("duplicate", work)
    assert work.messages.count() == 1


def test_mail_from_our_own_address_is_kept_and_never_answered(door):
    row = take(letter(From=HELP), door).row
    assert row.action == "created"
    assert row.interaction.messages.get().email.automatic == "own"


@pytest.mark.parametrize("header", ["X_Spam_Flag: YES", "X_Spam_Status: Yes, score=9.1", "X_Spam: Yes"])
def test_spam_waits_in_nobodys_line(door, header):
    name, _, value = header.partition(": ")
    row = take(letter(**{name: value}), door).row
    assert (row.action, row.interaction.state) == ("spam", "spam")
    assert broken() == []


def test_s40_a_mail_makes_one_customer_however_many_it_names(door):
    take(letter(To=", ".join([HELP, *(f"p{n}@example.org" for n in range(300))])), door)
    assert Customer.objects.count() == 1
