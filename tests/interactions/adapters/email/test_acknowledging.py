"""Who is told that their mail has come, how often, and that no two machines keep each other going."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interactions.adapters.email import outgoing
from interactions.adapters.email.automatic import Kind, recognised
from interactions.adapters.email.parse import parse
from interactions.adapters.sending import deliver
from interactions.models import Acknowledged, Acknowledgement, Delivery, Email, Interaction, Sending
from interactions.models.letter import Letter
from interactions.models.mail_limits import MOST
from tests.interactions.adapters.email.conftest import HELP, letter, take
from tests.interactions.adapters.email.servers import serving
from tests.interleaving import sessions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]


@pytest.fixture
def words(door):
    return Acknowledgement.objects.create(mailbox=door.mailbox, subject="We have your mail", text="We answer today.")


def acknowledgements():
    return Email.objects.filter(kind="ack")


def test_whoever_begins_something_new_is_told_once_a_day(words, door):
    work = take(letter(Message_ID="<m1@example.org>"), door).row.interaction
    mail = acknowledgements().get()
    assert (mail.to, mail.subject, mail.in_reply_to) == (["lee@example.org"], "We have your mail", "m1@example.org")
    assert mail.line.delivery.state == "pending"
    assert work.unanswered_since is not None or Interaction.objects.get(pk=work.pk).unanswered_since
    take(letter("Another thing.", From="Lee <lee+shop@example.org>"), door)
    assert acknowledgements().count() == 1
    Acknowledged.objects.update(at=timezone.now() - timedelta(days=1, seconds=1))
    take(letter("The next day."), door)
    assert acknowledgements().count() == 2


def test_it_says_by_its_headers_that_nobody_is_to_answer(words, door):
    take(letter(Subject="Secret {{ 7|add:7 }}"), door)
    raw = outgoing.build(acknowledgements().get(), []).message().as_bytes()
    mail = parse(raw)
    assert mail.headers["auto-submitted"] == ["auto-replied"]
    assert mail.headers["x-auto-response-suppress"] == ["All"]
    assert b"Secret" not in raw
    assert b"My lamp" not in raw
    assert recognised(mail).kind == Kind.OWN


def test_it_is_in_the_customers_language_where_there_is_one(words, door):
    Acknowledgement.objects.create(mailbox=door.mailbox, language="nl", subject="Dank", text="Wij antwoorden vandaag.")
    customer = take(letter(), door).row.interaction.customer
    customer.language = "nl"
    customer.save()
    Acknowledged.objects.all().delete()
    take(letter("Nog iets."), door)
    assert [mail.subject for mail in acknowledgements().order_by("pk")] == ["We have your mail", "Dank"]


NOBODY_TO_TELL = {
    "automatic": {"Auto_Submitted": "auto-replied"},
    "list": {"List_Id": "<talk.example.org>"},
    "bulk": {"Precedence": "bulk"},
    "bounce": {"From": "mailer-daemon@example.org", "Subject": "Undelivered Mail Returned to Sender"},
    "no way back": {"Return_Path": "<>"},
    "no sender": {"From": None},
    "our own": {"From": "Help <help@example.com>"},
    "our own, with a plus": {"From": "Help <help+1@example.com>"},
    "our own mail come back": {"X_Contactcenter": "yes"},
    "suppressed": {"X_Auto_Response_Suppress": "OOF, AutoReply"},
    "spam": {"X_Spam_Flag": "YES"},
    "no address": {"From": "undisclosed"},
    "noreply by a program": {"X_Autoreply": "yes"},
}


@pytest.mark.parametrize("headers", NOBODY_TO_TELL.values(), ids=NOBODY_TO_TELL)
def test_s43_nothing_but_a_person_is_told(headers, words, door):
    take(letter(**headers), door)
    assert not acknowledgements().exists()


def test_a_forged_sender_is_not_told(words, door):
    door.mailbox.authserv_id = "mx.example.com"
    door.mailbox.save()
    take(letter(Authentication_Results="mx.example.com; dmarc=fail"), door)
    assert not acknowledgements().exists()


def test_an_answer_in_a_thread_is_not_acknowledged(words, door, work):
    Acknowledged.objects.all().delete()
    before = acknowledgements().count()
    assert take(letter("And?", In_Reply_To="<m1@example.org>"), door).row.action == "threaded"
    assert acknowledgements().count() == before


def test_without_a_text_nobody_is_told(door):
    take(letter(), door)
    assert not Acknowledged.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_mails_at_once_are_told_once():
    with sessions("first", "second") as (first, second):
        with first.holding():
            assert first.do(Acknowledged.objects.may_tell, "lee@example.org")
            later = second.start(Acknowledged.objects.may_tell, "LEE@example.org")
            second.waits()
        assert later.result(30) is False


def send_all_due():
    Delivery.objects.filter(state="pending", tries=0).exclude(answer=outgoing.BRAKED).update(due_at=timezone.now())
    for pk in Delivery.objects.due(timezone.now()).values_list("pk", flat=True):
        deliver(pk)


@pytest.mark.parametrize("changes", [{}, {"From": "robot+{}@example.org"}, {"Subject": "Thank you {}"}])
def test_two_machines_that_answer_each_other_stop(changes, words, door, settings):
    """The other one answers every mail of ours at once, as if a person did, and names none that it answers."""
    with serving(settings) as server:
        incoming = [letter("Hello.", From="robot@example.org")]
        answered = 0
        while incoming:
            for mail in incoming:
                take(mail, door)
            send_all_due()
            new, answered = server.mails[answered:], len(server.mails)
            headers = {name: value.format(answered) for name, value in changes.items()}
            incoming = [letter("Thank you for your mail!", **{"From": "robot@example.org"} | headers) for _mail in new]
            assert answered < 5
        assert answered == 1


def test_the_brake_holds_any_mail_to_one_address_and_lets_it_go_later(work, omar, settings, monkeypatch):
    monkeypatch.setitem(MOST, timedelta(hours=1), 3)
    with serving(settings) as server:
        for number in range(4):
            work.write(omar, Letter(f"Number {number}.", to=["Lee+x@Example.org" if number % 2 else "lee@example.org"]))
        other = work.write(omar, Letter("To another.", to=["kim@example.org"]))
        send_all_due()
        assert len(server.taken) == 4
        (held,) = Delivery.objects.filter(state="pending")
        assert (held.answer, held.tries) == (outgoing.BRAKED, 0)
        assert held.due_at > timezone.now() + timedelta(minutes=59)
        assert Delivery.objects.get(pk=other.pk).state == "sent"
        Sending.objects.update(at=timezone.now() - timedelta(hours=2))
        Delivery.objects.filter(pk=held.pk).update(due_at=timezone.now())
        deliver(held.pk)
        assert len(server.taken) == 5


def test_an_acknowledgement_beyond_the_brake_is_not_sent_at_all(words, door, settings, monkeypatch):
    monkeypatch.setitem(MOST, timedelta(hours=1), 0)
    monkeypatch.setattr("interactions.models.mail_limits.MOST", {timedelta(hours=1): 1})
    with serving(settings) as server:
        take(letter(), door)
        send_all_due()
        Acknowledged.objects.all().delete()
        take(letter("More."), door)
        send_all_due()
        assert len(server.taken) == 1
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["sent", "failed"]
    assert Interaction.objects.filter(state="queued").count() == 2


def test_a_mail_that_is_tried_again_counts_once(work, omar, settings):
    with serving(settings) as server:
        server.says = ["451 later"] * 3
        line = work.write(omar, Letter("Hi"))
        for _ in range(4):
            Delivery.objects.update(due_at=timezone.now())
            deliver(line.pk)
    assert Delivery.objects.get().state == "sent"
    assert Sending.objects.count() == 1


@pytest.mark.fabricated
@pytest.mark.django_db(transaction=True)
def test_the_brake_counts_what_another_worker_is_about_to_send(work, omar, monkeypatch):
    monkeypatch.setattr("interactions.models.mail_limits.MOST", {timedelta(hours=1): 1})
    one, two = (work.write(omar, Letter(text)).delivery for text in ("One.", "Two."))
    with sessions("first", "second") as (first, second):
        with first.holding():
            assert first.do(Sending.objects.begin, one, [HELP]) is None
            later = second.start(Sending.objects.begin, two, [HELP])
            second.waits()
        assert later.result(30) > timezone.now()
