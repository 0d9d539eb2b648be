"""An agent writes a mail: what is stored of it, what is refused, and how it is taken back."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone

from agents.errors import StaleState
from interactions.adapters.email.ours import interaction_of_address, interaction_of_message_id
from interactions.models import Delivery, Draft, Event, Interaction, Mailbox, Upload
from interactions.models.correspondence import UNDO_WITHIN
from interactions.models.letter import Letter
from tests.cast import load_of, make_active, make_agent, numbers_of
from tests.interactions.adapters.email.conftest import HELP, letter, take
from tests.interactions.models.test_query_counts import work_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]


def a_file(name="lamp.pdf", content=b"%PDF-1.7 lamp"):
    return Upload(ContentFile(content), name, "application/pdf", len(content))


def test_an_answer_is_stored_and_waits_until_it_cannot_be_taken_back(work, omar):
    line = work.write(omar, Letter("It is on its way."))
    mail, delivery = line.email, line.delivery
    assert (mail.kind, mail.to, mail.cc, mail.subject) == ("reply", ["lee@example.org"], [], "Re: Lamp")
    assert mail.in_reply_to == "m1@example.org"
    assert mail.references == ["m0@example.org", "m1@example.org"]
    assert interaction_of_message_id(mail.message_id) == interaction_of_address(mail.reply_to) == work.pk
    assert (mail.from_address, mail.sender_verified, mail.subject_changed) == (HELP, True, False)
    assert delivery.state == "pending"
    assert delivery.provider_id == mail.message_id
    assert delivery.due_at - line.at == UNDO_WITHIN
    assert work.unanswered_since is None
    assert work.replied_at == line.at
    assert work.events.last().what == "mailed"
    assert numbers_of(work) == list(range(1, work.last_seq + 1))


def test_an_answer_to_all_goes_to_all_but_us(work, omar):
    line = work.write(omar, Letter("Hello all.", kind="reply_all"))
    assert (line.email.to, line.email.cc) == (["lee@example.org"], ["kim@example.org"])


def test_a_stranger_who_wrote_last_is_not_the_one_answered(work, omar, door):
    take(letter("Send it to me.", From="eve@evil.example", In_Reply_To="<m1@example.org>"), door)
    work.refresh_from_db()
    assert work.write(omar, Letter("It is on its way.")).email.to == ["lee@example.org"]


def test_the_same_client_id_is_the_same_mail(work, omar):
    assert work.write(omar, Letter("Once."), client_id="a") == work.write(omar, Letter("Once."), client_id="a")
    assert Delivery.objects.count() == 1


def test_writing_stays_within_its_statements(work, omar):
    work = Interaction.objects.get(pk=work.pk)
    statements = work_of(work.write, omar, Letter("It is on its way."), client_id="a")
    assert len(statements) <= 14, "\n".join(statements)


def test_what_is_forwarded_takes_its_files_along_and_answers_nobody(door, omar, work):
    mail = letter("With a picture.", In_Reply_To="<m1@example.org>")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="lamp.pdf")
    take(mail, door)
    work.refresh_from_db()
    waiting_since = work.unanswered_since
    line = work.write(omar, Letter("Please look.", kind="forward", to=["Joe <joe@factory.example>"]))
    assert (line.email.subject, line.email.to, line.email.in_reply_to) == ("Fwd: Lamp", ["joe@factory.example"], "")
    assert [(file.name, file.file.read()) for file in line.attachments.all()] == [("lamp.pdf", b"%PDF-1.7")]
    assert work.unanswered_since == waiting_since
    assert work.replied_at is None


def test_s14_files_of_other_work_are_not_sent_along(door, billing_door, omar, work):
    mail = letter("Mine.", From="kim@example.org")
    mail.add_attachment(b"secret", maintype="text", subtype="plain", filename="secret.txt")
    other = take(mail, billing_door).row.interaction
    token = other.messages.get(kind="inbound").attachments.get().token
    line = work.write(omar, Letter("See.", forwarded=[token]))
    assert not line.attachments.exists()


def test_s31_no_second_header_comes_in(work, omar):
    line = work.write(omar, Letter("Hi", subject="Lamp\r\nBcc: all@example.net\x00\x0b\u2028X: y"))
    assert line.email.subject == "Lamp Bcc: all@example.net X: y"


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": ["lee@example.org\r\nBcc: kim@example.net"]},
        {"to": ["lee@example.org, kim@example.org"]},
        {"cc": ["no address"]},
        {"bcc": ["lee@"]},
        {"to": [HELP]},
        {"cc": [HELP.replace("@", "+1-0123@")]},
        {"to": [f"a{number}@example.org" for number in range(101)]},
        {"kind": "forward"},
        {"kind": "new"},
        {"kind": "telegram"},
        {"text": " \n"},
        {"text": "a" * 100_001},
    ],
)
def test_what_cannot_be_sent_is_said_and_nothing_is_stored(wrong, work, omar):
    before = numbers_of(work)
    with pytest.raises(ValidationError):
        work.write(omar, Letter(**{"text": "Hi"} | wrong))
    assert numbers_of(work) == before


def test_files_too_large_for_mail_are_refused(work, omar, monkeypatch):
    monkeypatch.setattr("interactions.models.letter.MOST_BYTES", 10)
    with pytest.raises(ValidationError):
        work.write(omar, Letter("See."), files=[a_file()])
    assert not Delivery.objects.exists()


def test_only_whoever_has_the_work_writes(work, maya):
    with pytest.raises(StaleState):
        work.write(maya, Letter("Hi"))


def test_what_came_by_no_mailbox_cannot_be_answered(work, omar):
    Mailbox.objects.all().delete()
    with pytest.raises(ValidationError):
        work.write(omar, Letter("Hi"))


def test_a_mail_is_taken_back_while_it_waits(work, omar):
    since = work.unanswered_since
    line = work.write(omar, Letter("Too early."))
    assert work.unsend(omar, line) == line
    line.delivery.refresh_from_db()
    assert line.delivery.state == "withdrawn"
    assert Draft.objects.get(interaction=work, agent=omar).text == "Too early."
    assert (work.unanswered_since, work.replied_at) == (since, None)
    assert work.events.last().what == "unsent"
    assert Delivery.objects.claim(line.pk) is None


def test_a_second_mail_taken_back_leaves_the_first_answer(work, omar):
    first = work.write(omar, Letter("First."))
    work.unsend(omar, work.write(omar, Letter("Second.")))
    assert work.replied_at == first.at
    assert work.unanswered_since is None


@pytest.mark.parametrize("moment", ["too late", "claimed", "another's"])
def test_a_mail_that_is_on_its_way_is_not_taken_back(moment, work, omar, maya):
    line = work.write(omar, Letter("Gone."))
    if moment == "too late":
        Delivery.objects.update(due_at=timezone.now())
    if moment == "claimed":
        Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        assert Delivery.objects.claim(line.pk)
    with pytest.raises(StaleState):
        work.unsend(maya if moment == "another's" else omar, line)
    assert not work.events.filter(what="unsent").exists()


def test_s14_a_mail_of_other_work_is_not_taken_back_through_this(work, omar, door):
    other = make_active(take(letter(From="kim@example.org"), door).row.interaction, omar)
    line = other.write(omar, Letter("Other."))
    with pytest.raises(StaleState):
        work.unsend(omar, line)


def test_new_mail_begins_work_in_its_writers_hands(door, omar):
    letter = Letter("We have news.", kind="new", to=["New <new@example.org>"], subject="News")
    work = Interaction.compose(omar, door.mailbox, letter, client_id="c1")
    assert (work.state, work.agent, work.queue, work.subject, work.live) == ("active", omar, door.queue, "News", False)
    assert work.customer.addresses.get().value == "new@example.org"
    assert (work.holds_place, load_of(omar, "email")) == (True, 1)
    line = work.messages.get(kind="outbound")
    assert (line.email.kind, line.delivery.state) == ("new", "pending")
    assert not work.events.filter(what=Event.What.ARRIVED).exists()
    assert Interaction.compose(omar, door.mailbox, letter, client_id="c1") == work


def test_who_has_no_room_writes_all_the_same(door, team):
    busy = make_agent("Busy Bee", team=team, capacities={"email": 0})
    work = Interaction.compose(busy, door.mailbox, Letter("News.", kind="new", to=["a@example.org"]))
    assert (work.state, work.holds_place, load_of(busy, "email")) == ("active", False, 0)
    work.end(by=busy)
    assert load_of(busy, "email") == 0


def test_an_answer_to_a_new_mail_finds_it(door, omar):
    work = Interaction.compose(omar, door.mailbox, Letter("News.", kind="new", to=["a@example.org"], subject="News"))
    ours = work.messages.get(kind="outbound").email
    answer = letter("Thanks!", From="a@example.org", In_Reply_To=f"<{ours.message_id}>", To=ours.reply_to)
    outcome = take(answer, door)
    assert (outcome.row.action, outcome.row.interaction) == ("threaded", work)
