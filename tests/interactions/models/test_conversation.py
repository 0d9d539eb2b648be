"""What is said: each line once, in order, marks that only move ahead."""

import pytest
from django.core.files.base import ContentFile

from agents.errors import StaleState
from interactions.models import Message, Upload
from tests.cast import frames, numbers_of


def test_a_line_of_the_customers_is_shown_to_the_agent_and_on_the_customers_other_pages(talk, maya, shown):
    before = talk.last_line
    with shown() as pushes:
        line = talk.hear("It is urgent", client_id="a1")
    (desk,) = frames(pushes, "screen.patch")
    assert desk["g"] == maya.screen
    assert f'hx-target="#messages-{talk.pk}"' in desk["html"]
    assert f'data-seq="{line.seq}" data-prev="{before}"' in desk["html"]
    (row,) = frames(pushes, "screen.refresh")
    assert row == {"g": maya.screen, "type": "screen.refresh", "what": "row", "id": talk.pk}
    (page,) = frames(pushes, "screen.json")
    assert page["g"] == f"visitor-{talk.pk}"
    assert (page["data"]["text"], page["data"]["seq"], page["data"]["prev"]) == ("It is urgent", line.seq, before)


def test_the_wait_for_a_reply_runs_from_the_first_unanswered_line(talk, maya):
    first = talk.messages.get(text="Hello?")
    talk.hear("Still there?")
    assert talk.unanswered_since == first.at
    reply = talk.reply(maya, "Yes")
    assert (talk.unanswered_since, talk.replied_at, talk.agent_read) == (None, reply.at, reply.seq)
    again = talk.hear("Good")
    assert (talk.unanswered_since, talk.replied_at) == (again.at, reply.at)


def test_a_retry_is_no_second_message(talk, maya):
    assert talk.hear("Hi", client_id="a1") == talk.hear("Hi", client_id="a1")
    assert talk.reply(maya, "Yes", client_id="b1") == talk.reply(maya, "Yes", client_id="b1")
    assert talk.messages.filter(client_id__in=["a1", "b1"]).count() == 2
    assert numbers_of(talk) == list(range(1, talk.last_seq + 1))


def test_a_retry_is_answered_even_after_the_end(talk, maya):
    """The page never heard that its line had arrived; the conversation has ended meanwhile."""
    line, reply = talk.hear("Bye", client_id="a1"), talk.reply(maya, "Bye", client_id="b1")
    talk.end(by=maya)
    assert (talk.hear("Bye", client_id="a1"), talk.reply(maya, "Bye", client_id="b1")) == (line, reply)
    with pytest.raises(StaleState):
        talk.hear("One more thing", client_id="a2")


def test_a_reply_to_a_customer_who_left_in_the_midst_of_it_is_told_so(talk, maya):
    talk.leave()
    with pytest.raises(StaleState, match="has ended; your text is kept"):
        talk.reply(maya, "One moment")


def test_a_reply_to_what_somebody_else_has_by_now_is_told_so(talk, maya, queue):
    talk.transfer_to(queue, by=maya)
    with pytest.raises(StaleState, match="no longer have this conversation; your text is kept"):
        talk.reply(maya, "One moment")


def test_a_note_is_for_colleagues_only(talk, maya, shown):
    public = talk.last_public_line
    with shown() as pushes:
        note = talk.note(maya, "Has called before")
    assert frames(pushes, "screen.json") == []
    (line,) = frames(pushes, "screen.patch")
    assert f'data-seq="{note.seq}"' in line["html"]
    assert note not in talk.messages.public()
    with shown() as pushes:
        talk.reply(maya, "One moment")
    (page,) = frames(pushes, "screen.json")
    assert page["data"]["prev"] == public, "the customer's page must not think it missed a line"


def test_a_file_is_stored_under_a_name_of_ours(talk, own_folder):
    upload = Upload(ContentFile(b"%PDF-1.7"), "../../evil.pdf", "application/pdf", 8)
    (attachment,) = talk.hear("", files=[upload]).files
    assert (attachment.name, attachment.size) == ("../../evil.pdf", 8)
    assert attachment.file.name == f"attachments/{attachment.token[:2]}/{attachment.token}"


def test_the_line_of_a_waiting_customer_keeps_the_place(chat):
    place = chat.place_at
    chat.hear("Are you there?")
    chat.refresh_from_db()
    assert (chat.state, chat.place_at) == ("queued", place)


def test_a_system_line_is_public(talk):
    notice = talk.messages.get(kind=Message.Kind.SYSTEM)
    assert notice in talk.messages.public()
