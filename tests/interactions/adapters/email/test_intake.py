"""One mail, one piece of work, whatever happens on the way."""

import pytest
from django.db import OperationalError
from django.utils import timezone

from interactions.adapters.email import intake
from interactions.adapters.email.reader import LEFT_BEHIND_AFTER, MOST_TRIES, read_left_behind
from interactions.adapters.email.store import store
from interactions.invariants import broken
from interactions.models import Customer, Interaction, RawMail
from tests.interactions.adapters.email.conftest import letter, take

pytestmark = pytest.mark.usefixtures("own_folder", "db")


def test_a_mail_is_work_that_waits_like_any_other(door):
    mail = letter("My lamp is broken.\nCan you help?", Cc="Ann <ann@example.org>")
    mail.add_attachment(b"%PDF-1.4 ...", maintype="application", subtype="pdf", filename="bill.pdf")
    outcome = take(mail, door, envelope_from="lee@example.org", envelope_to=["help@example.com"])
    work = outcome.row.interaction
    assert (outcome.row.action, outcome.row.state) == ("created", "done")
    assert (work.channel, work.state, work.live, work.subject) == ("email", "queued", False, "Lamp")
    assert (work.customer.name, work.customer.addresses.get().value) == ("Lee Wong", "lee@example.org")
    line = work.messages.get()
    assert (line.kind, line.text) == ("inbound", "My lamp is broken.\nCan you help?")
    assert [(file.name, file.content_type) for file in line.files] == [("bill.pdf", "application/pdf")]
    assert (line.email.from_address, line.email.to, line.email.cc) == (
        "lee@example.org",
        ["help@example.com"],
        ["ann@example.org"],
    )
    assert line.email.sender_verified
    assert not line.email.automatic
    assert bytes(line.email.raw.raw) == bytes(mail)
    assert work.unanswered_since == line.at
    assert Customer.objects.count() == 1, "a copy makes no customer"
    assert broken() == []


def test_the_same_mail_again_is_no_second_work(door, billing_door):
    mail = letter()
    first = take(mail, door).row
    again = take(mail, door).row
    other_words = letter("The list added a line.", Message_ID=mail["Message-ID"])
    changed = take(other_words, door).row
    assert first.action == "created"
    assert [(row.action, row.interaction) for row in (again, changed)] == [("duplicate", first.interaction)] * 2
    assert RawMail.objects.count() == 3, "every byte is kept"
    elsewhere = take(mail, billing_door).row
    assert elsewhere.action == "created"
    assert Interaction.objects.count() == 2, "one for each mailbox"


def test_without_a_message_id_the_bytes_say_whether_it_is_the_same(door):
    mail, other = letter(Message_ID=None), letter("Another one.", Message_ID=None)
    assert [take(one, door).row.action for one in (mail, mail, other)] == ["created", "duplicate", "created"]


def some_time_later(row):
    RawMail.objects.filter(pk=row.pk).update(tried_at=timezone.now() - LEFT_BEHIND_AFTER * 2)


def test_a_process_that_dies_after_storing_leaves_work_for_the_next(door):
    row = store(bytes(letter()), entry_point=door, door="smtp")
    assert not read_left_behind(), "whoever stored it may be at it"
    some_time_later(row)
    assert read_left_behind()
    assert not read_left_behind()
    row.refresh_from_db()
    assert (row.state, row.action, row.tries) == ("done", "created", 2)


def test_a_mail_that_ends_every_process_is_set_apart(door, monkeypatch):
    def die(pk):
        raise OperationalError  # as if the process had gone

    row = store(bytes(letter()), entry_point=door, door="smtp", envelope_from="lee@example.org")
    for name in ("process", "process_all"):
        monkeypatch.setattr(f"interactions.adapters.email.reader.{name}", die)
    for _ in range(MOST_TRIES - 1):
        some_time_later(row)
        with pytest.raises(OperationalError):
            read_left_behind()
    some_time_later(row)
    assert read_left_behind()
    row.refresh_from_db()
    assert (row.state, row.action) == ("failed", "quarantined")
    assert row.interaction.state == "queued", "somebody looks at it"


def test_what_a_bug_keeps_from_being_read_is_visible_and_can_be_read_later(door, monkeypatch):
    with monkeypatch.context() as broken_code:
        broken_code.setattr(intake, "parse", lambda raw: 1 / 0)
        row = take(letter(), door, envelope_from="lee@example.org").row
    work = row.interaction
    assert (row.state, row.action, work.state) == ("failed", "quarantined", "queued")
    line = work.messages.get()
    assert "could not be read" in line.text
    assert line.email.raw == row
    assert work.customer.addresses.get().value == "lee@example.org"

    row = intake.process(row.pk).row
    assert (row.state, row.action, row.interaction) == ("done", "created", work)
    assert [said.text for said in work.messages.order_by("seq")] == [line.text, "My lamp is broken."]
    assert intake.process(row.pk).row.interaction.messages.count() == 2, "and once only"
    assert broken() == []


def test_a_lost_database_is_not_the_mails_fault(door, monkeypatch):
    def gone(letter):
        raise OperationalError

    monkeypatch.setattr(intake, "_file", gone)
    row = store(bytes(letter()), entry_point=door, door="smtp")
    with pytest.raises(OperationalError):
        intake.process(row.pk)
    row.refresh_from_db()
    assert (row.state, row.action) == ("stored", "")


@pytest.mark.parametrize("raw", [b"", b"\0" * 100, b"\r\n\r\n", b"\xff\xfe" * 50, b"From: \0\nSubject: \0\n\n\0"])
def test_any_bytes_become_work(door, raw):
    row = take(raw, door).row
    assert row.action in ("created", "quarantined")
    assert row.interaction.messages.get().text
    assert broken() == []


def test_a_customer_we_know_is_recognised(door, lee):
    lee.remember_address("email", "Lee@Example.org", verified=True)
    assert take(letter(From="LEE@example.org"), door).row.interaction.customer == lee
