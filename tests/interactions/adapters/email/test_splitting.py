"""A mail about something else becomes work of its own, and its answers find it there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.errors import StaleState
from interactions.invariants import broken
from interactions.models import Attachment, Delivery, Interaction
from interactions.models.letter import Letter
from tests.cast import load_of, numbers_of
from tests.interactions.adapters.email.conftest import letter, take

pytestmark = [pytest.mark.django_db]


def answered(work, omar, text="It is on its way.", **more):
    line = Interaction.objects.get(pk=work.pk).write(omar, Letter(text, **more))
    Delivery.objects.filter(pk=line.pk).update(state="sent", sent_at=timezone.now(), due_at=None, tries=1)
    return line


@pytest.fixture
def thread(work, omar, door):
    """Lee asks about a lamp, is answered, asks about a bill in answer to that, is answered, and thanks for the lamp."""
    first = answered(work, omar)
    bill = letter(
        "And my bill?", Subject="The bill", In_Reply_To=f"<{first.email.message_id}>", To=first.email.reply_to
    )
    bill.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="bill.pdf")
    take(bill, door)
    asked = work.messages.get(text="And my bill?")
    second = answered(work, omar, "I will look into it.", answers=asked.seq)
    take(letter("Thank you for the lamp.", In_Reply_To=f"<{first.email.message_id}>"), door)
    work.refresh_from_db()
    return first, asked, second


def words_of(work):
    return list(work.messages.exclude(kind="system").values_list("text", flat=True))


def test_the_mail_and_what_follows_from_it_move_and_both_name_each_other(thread, work, omar):
    _first, asked, _second = thread
    before = work.last_seq
    split = work.split(omar, asked)
    assert words_of(split) == ["And my bill?", "I will look into it."]
    assert words_of(work)[-2:] == ["It is on its way.", "Thank you for the lamp."]
    assert (split.subject, split.previous, split.customer, split.queue) == ("The bill", work, work.customer, work.queue)
    assert (split.state, split.agent, load_of(omar, "email")) == ("active", omar, 2)
    assert split.unanswered_since is None
    assert split.replied_at == split.messages.get(text="I will look into it.").at
    assert Attachment.objects.get(name="bill.pdf").message.interaction == split
    moved = work.messages.filter(notice="moved")
    assert {line.text for line in moved} == {str(split.pk)}
    assert work.events.filter(what="split", why=str(split.pk), agent=omar).exists()
    assert work.last_seq == before + 1
    for one in (work, split):
        assert numbers_of(one) == list(range(1, one.last_seq + 1))
    assert broken() == []


def test_later_answers_go_where_what_they_answer_is(thread, work, omar, door):
    first, asked, second = thread
    own = asked.email.message_id
    split = work.split(omar, asked)
    ours = second.email  # sent before the split, so signed as the old work's
    to_bill = letter("Any news of the bill?", In_Reply_To=f"<{ours.message_id}>", To=ours.reply_to)
    assert take(to_bill, door).row.interaction == split
    assert take(letter("Still waiting.", In_Reply_To=f"<{own}>"), door).row.interaction == split
    to_lamp = letter("It came!", In_Reply_To=f"<{first.email.message_id}>", To=first.email.reply_to)
    assert take(to_lamp, door).row.interaction == work
    new = answered(split, omar, "Paid.").email
    last = letter("Great.", In_Reply_To=f"<{new.message_id}>", References=f"<{ours.message_id}> <{new.message_id}>")
    assert take(last, door).row.interaction == split


def test_what_the_answer_left_behind_still_waits(work, omar, door):
    take(letter("And my bill?", Subject="The bill", In_Reply_To="<m1@example.org>"), door)
    work.refresh_from_db()
    asked_first = work.unanswered_since
    split = work.split(omar, work.messages.get(text="And my bill?"))
    assert work.unanswered_since == asked_first
    assert split.unanswered_since == split.messages.get(text="And my bill?").at
    assert broken() == []


def test_what_cannot_be_split_off_stays(thread, work, omar, maya):
    first, asked, second = thread
    with pytest.raises(StaleState):
        work.split(maya, asked)
    for line in (first, work.messages.filter(kind="inbound").first()):
        with pytest.raises(StaleState):
            work.split(omar, line)
    Delivery.objects.filter(line=second).update(state="pending", due_at=timezone.now() + timedelta(seconds=9))
    with pytest.raises(StaleState):
        work.split(omar, asked)
    assert Interaction.objects.count() == 1
