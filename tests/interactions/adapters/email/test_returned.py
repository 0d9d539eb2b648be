"""What becomes of a mail of ours that did not arrive, and of the work it belongs to."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interactions.adapters.outcome import Refused
from interactions.adapters.sending import SENDERS, deliver
from interactions.models import Delivery, Email
from interactions.models.letter import Letter
from tests.interactions.adapters.email.conftest import HELP, take
from tests.interactions.adapters.email.letters import multipart, part

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]
WORDS = "550 5.1.1 No such user"


@pytest.fixture
def sent(work, omar):
    """An answer that the server took."""
    line = work.write(omar, Letter("It is on its way."))
    Delivery.objects.update(due_at=timezone.now())
    Delivery.objects.claim(line.pk).mark_sent()
    return line


def bounce(line, action="failed", status="5.1.1", message_id=None, to="lee@example.org"):
    """A delivery status report, as RFC 3464 has it."""
    status_part = part(
        f"Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; {to}\r\nAction: {action}\r\n"
        f"Status: {status}\r\nDiagnostic-Code: smtp; {WORDS}\r\n",
        "message/delivery-status",
    )
    named = Email.objects.get(pk=line.pk).message_id if message_id is None else message_id
    headers = part(
        f"Message-ID: <{named}>\r\nSubject: Re: Lamp\r\n" if named else "Subject: x\r\n", "text/rfc822-headers"
    )
    return multipart(
        part("Your mail could not be delivered."),
        status_part,
        headers,
        kind="report; report-type=delivery-status",
        From="Mail Delivery System <mailer-daemon@mx.example.org>",
        To=Email.objects.get(pk=line.pk).reply_to if message_id == "" else HELP,
        Message_ID=f"<bounce-{action}-{status}@mx.example.org>",
        Subject="Undelivered Mail Returned to Sender",
    )


def test_a_bounce_turns_it_red_and_its_agent_has_the_work(sent, work, omar, door, shown):
    asked_at = work.messages.get(kind="inbound").at
    with shown() as pushes:
        outcome = take(bounce(sent), door)
    assert (outcome.row.action, outcome.row.interaction) == ("bounce", work)
    delivery = Delivery.objects.get(pk=sent.pk)
    assert (delivery.state, delivery.answer) == ("bounced", f"lee@example.org: {WORDS}")
    work.refresh_from_db()
    assert (work.state, work.agent, work.unanswered_since) == ("active", omar, asked_at)
    assert work.events.last().what == "undelivered"
    assert {"type": "screen.refresh", "what": "line", "id": sent.pk, "g": omar.screen} in pushes


@pytest.mark.parametrize("state", ["wrap_up", "closed", "parked"])
def test_a_bounce_brings_back_what_was_put_away(state, sent, work, omar, door):
    if state == "parked":
        work.park(timezone.now() + timedelta(hours=1), by=omar)
    else:
        work.end(by=omar)
    if state == "closed":
        work.complete_wrap_up(by=omar.person)
    assert work.state == state
    take(bounce(sent), door)
    work.refresh_from_db()
    assert (work.state, work.preferred_agent) == ("queued", omar)
    assert work.unanswered_since


def test_a_bounce_comes_once(sent, work, omar, door):
    take(bounce(sent), door)
    work.refresh_from_db()
    work.end(by=omar)
    work.complete_wrap_up(by=omar.person)
    take(bounce(sent, status="5.2.2"), door)
    work.refresh_from_db()
    assert work.state == "closed"
    assert work.events.filter(what="undelivered").count() == 1


def test_a_delay_is_told_and_nothing_is_red(sent, work, omar, door):
    work.end(by=omar)
    work.complete_wrap_up(by=omar.person)
    take(bounce(sent, action="delayed", status="4.4.1"), door)
    delivery = Delivery.objects.get(pk=sent.pk)
    assert (delivery.state, delivery.answer) == ("sent", f"lee@example.org: {WORDS}")
    work.refresh_from_db()
    assert work.state == "closed"


def test_a_bounce_that_names_no_mail_is_of_the_last_one_to_that_address(sent, work, omar, door):
    other = work.write(omar, Letter("To somebody else.", kind="forward", to=["joe@factory.example"]))
    Delivery.objects.filter(pk=other.pk).update(due_at=timezone.now())
    Delivery.objects.claim(other.pk).mark_sent()
    take(bounce(sent, message_id=""), door)
    assert Delivery.objects.get(pk=sent.pk).state == "bounced"
    assert Delivery.objects.get(pk=other.pk).state == "sent"


def test_a_strangers_bounce_of_what_we_never_sent_touches_nothing(sent, door):
    take(bounce(sent, message_id="made-up@example.com"), door)
    assert Delivery.objects.get(pk=sent.pk).state == "sent"


def test_what_the_server_refuses_is_work_again(work, omar, monkeypatch):
    line = work.write(omar, Letter("Gone."))
    work.end(by=omar)

    def refuse(delivery):
        raise Refused(WORDS)

    monkeypatch.setitem(SENDERS, "email", refuse)
    Delivery.objects.update(due_at=timezone.now())
    deliver(line.pk)
    work.refresh_from_db()
    assert (work.state, work.preferred_agent) == ("queued", omar)
    assert (line.interaction.events.filter(what="undelivered").get().why) == WORDS
