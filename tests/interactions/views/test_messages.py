"""Replies, notes, files, drafts and canned replies."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from interactions.models import CannedReply, Draft, Message

REPLY_WITHIN = 3  # the session, the person, the line
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def say(desk, talk, text="Good morning", **more):
    return desk.post(reverse("messages", args=[talk.pk]), {"text": text, "kind": "reply", "client_id": "c1"} | more)


def test_a_reply_reaches_the_customer_and_comes_back_as_a_bubble(desk, talk, django_assert_max_num_queries):
    with django_assert_max_num_queries(REPLY_WITHIN):
        response = say(desk, talk)
    message = talk.messages.get(kind="outbound")
    page = response.content.decode()
    assert message.text == "Good morning"
    assert f'data-seq="{message.seq}"' in page
    assert 'data-prev="2"' not in page
    before = talk.messages.filter(seq__lt=message.seq).latest("seq").seq
    assert f'data-prev="{before}"' in page


def test_a_retry_is_no_second_message(desk, talk):
    say(desk, talk)
    assert say(desk, talk).status_code == 200
    assert talk.messages.filter(kind="outbound").count() == 1


def test_a_note_is_for_colleagues_only(desk, talk):
    say(desk, talk, kind="note")
    assert talk.messages.filter(kind="note").count() == 1
    assert not Message.objects.filter(interaction=talk).public().filter(text="Good morning").exists()


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 4097])
def test_nothing_and_too_much_are_refused(desk, talk, text):
    response = say(desk, talk, text=text)
    assert response.status_code == 422
    assert "toast" in response.content.decode()
    assert not talk.messages.filter(kind="outbound").exists()


def test_who_has_lost_the_conversation_cannot_write_in_it(desk, talk, billing, maya):
    talk.transfer_to(billing, by=maya)
    assert say(desk, talk).status_code == 404


def test_after_the_end_a_reply_is_refused_and_kept(desk, talk, maya):
    talk.end(by=maya)
    assert say(desk, talk).status_code == 409


def test_somebody_elses_conversation_is_not_there(omars_desk, talk):
    assert say(omars_desk, talk).status_code == 404
    for name in ("draft", "ending", "resumption", "wrap-up", "transfer", "parking"):
        assert omars_desk.post(reverse(name, args=[talk.pk])).status_code == 404
    for name in ("messages", "canned-replies", "transfer", "parking"):
        assert omars_desk.get(reverse(name, args=[talk.pk])).status_code == 404


def test_a_file_goes_along_and_is_only_ever_downloaded(desk, omars_desk, talk):
    files = [SimpleUploadedFile("receipt.png", PNG, content_type="text/html")]
    assert say(desk, talk, text="", files=files).status_code == 200
    attachment = talk.messages.get(kind="outbound").attachments.get()
    assert (attachment.name, attachment.content_type) == ("receipt.png", "image/png")
    response = desk.get(reverse("attachment", args=[attachment.token]))
    assert b"".join(response.streaming_content) == PNG
    assert response["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response["Content-Security-Policy"]
    assert omars_desk.get(reverse("attachment", args=[attachment.token])).status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("picture.png", b"<html><script>alert(1)</script>"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("report.pdf", b"MZ\x90\x00" + bytes(100)),
        ("nothing.txt", b""),
    ],
)
def test_a_file_is_judged_by_its_content(desk, talk, name, content):
    response = say(desk, talk, files=[SimpleUploadedFile(name, content, content_type="image/png")])
    assert response.status_code == 422
    assert not talk.messages.filter(kind="outbound").exists()


def test_too_many_files_are_refused(desk, talk, settings):
    settings.ATTACHMENT_MAX_COUNT = 1
    files = [SimpleUploadedFile(f"{n}.png", PNG) for n in range(2)]
    assert say(desk, talk, files=files).status_code == 422


def test_a_screen_that_missed_lines_gets_them_in_order(desk, talk):
    start = talk.last_line
    for number in range(3):
        talk.hear(f"line {number}")
    page = desk.get(reverse("messages", args=[talk.pk]), {"after": start}).content.decode()
    assert [page.index(f"line {number}") for number in range(3)] == sorted(page.index(f"line {n}") for n in range(3))
    assert f'data-prev="{start}"' in page
    assert "Hello?" not in page


def test_a_long_conversation_comes_page_by_page(desk, talk):
    for number in range(120):
        talk.hear(f"line {number:03}")
    page = desk.get(reverse("conversation", args=[talk.pk])).content.decode()
    assert page.count("<article") == 50
    assert "?before=" in page
    oldest = talk.messages.order_by("-seq")[49].seq
    page = desk.get(reverse("messages", args=[talk.pk]), {"before": oldest}).content.decode()
    assert page.count("<article") == 50
    assert 'data-older="true"' in page


@pytest.mark.parametrize("number", ["-1", "x", "9" * 30])
def test_a_number_that_is_none_is_not_there(desk, talk, number):
    assert desk.get(reverse("messages", args=[talk.pk]), {"after": number}).status_code == 404


def test_a_draft_waits_on_the_server_until_it_is_sent(desk, talk, maya):
    for text in ("half a th", "half a thought"):
        desk.post(reverse("draft", args=[talk.pk]), {"text": text})
    assert Draft.objects.get(interaction=talk, agent=maya).text == "half a thought"
    assert "half a thought" in desk.get(reverse("conversation", args=[talk.pk])).content.decode()
    say(desk, talk)
    assert not Draft.objects.exists()


def test_a_draft_says_when_it_was_typed_by_its_writers_clock(desk, talk):
    desk.post(reverse("draft", args=[talk.pk]), {"text": "half", "typed_at": "1795400169093"})
    assert 'data-typed="1795400169093"' in desk.get(reverse("conversation", args=[talk.pk])).content.decode()


@pytest.mark.parametrize("given", ["", "x", "9" * 30])
def test_one_that_does_not_was_typed_when_it_came(desk, talk, given):
    desk.post(reverse("draft", args=[talk.pk]), {"text": "half", "typed_at": given})
    draft = Draft.objects.get()
    assert draft.typed_at == int(draft.saved_at.timestamp() * 1000)


def test_canned_replies_know_the_names(desk, talk, billing):
    CannedReply.objects.create(shortcut="hello", text="Hello $customer_name, $agent_name here. $unknown")
    CannedReply.objects.create(shortcut="help", text="Elsewhere").queues.add(billing)
    page = desk.get(reverse("canned-replies", args=[talk.pk]), {"text": "/hel"}).content.decode()
    assert "Hello Lee, Maya here. $unknown" in page
    assert "Elsewhere" not in page
