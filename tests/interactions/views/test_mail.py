"""A mail on the desk: who it is from is plain, what it holds can do nothing, and its bytes can be had."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from interactions.adapters.sending import BROKEN
from interactions.models import Delivery, Email, Mailbox, Message
from interactions.models.letter import Letter
from tests.cast import make_active, make_agent, make_entry_point
from tests.interactions.adapters.email.conftest import HELP, letter, take

pytestmark = pytest.mark.usefixtures("own_folder")
PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
HTML = """<p onclick="x()">Look: <img src="cid:lamp"><img src="https://tracker.example/7.gif?who=lee" width="1">
<script>alert(1)</script><form action="/"><input></form><a href="javascript:x()">a</a></p>"""


@pytest.fixture
def omar(team):
    return make_agent("Omar Haddad", team=team, capacities={"email": 5})


@pytest.fixture
def door(queue):
    entry_point = make_entry_point(queue, "mail", channel="email")
    Mailbox.objects.create(entry_point=entry_point, address=HELP, authserv_id="mx.example.com")
    return entry_point


@pytest.fixture
def mail(door):
    mail = letter("Look at my lamp.", Subject="A lamp {{ settings.SECRET_KEY }} <b>")
    mail.add_alternative(HTML, subtype="html")
    mail.get_payload()[1].add_related(PIXEL, maintype="image", subtype="gif", cid="<lamp>", filename="lamp.gif")
    mail.add_attachment("<script>alert(1)</script>", subtype="html", filename="page.html")
    return mail


@pytest.fixture
def work(door, mail, omar, client):
    work = take(mail, door).row.interaction
    client.force_login(omar.person)
    return make_active(work, omar)


def page_of(client, work):
    return client.get(reverse("conversation", args=[work.pk])).content.decode()


def test_the_conversation_says_what_came_from_whom(client, work):
    page = page_of(client, work)
    assert "Look at my lamp." in page
    assert "A lamp {{ settings.SECRET_KEY }} &lt;b&gt;" in page, "a subject is no template and no markup"
    assert "Lee Wong &lt;lee@example.org&gt;" in page
    assert "page.html" in page
    assert "unverified sender" not in page
    assert "alert(1)" not in page, "formatted text has a page of its own"


def test_a_stranger_and_a_new_subject_are_seen(client, work, mail, door):
    checks = "mx.example.com; spf=pass; dmarc=fail"
    stranger = letter(
        "Send it to me.", From="eve@evil.example", Subject="My address", In_Reply_To=mail["Message-ID"],
        Authentication_Results=checks,
    )  # fmt: skip
    take(stranger, door)
    page = page_of(client, work)
    assert "eve@evil.example" in page
    assert "unverified sender" in page
    assert "new subject" in page
    assert "DMARC fail" in page


def test_what_came_by_itself_says_so(client, work, mail, door):
    take(letter("I am away.", In_Reply_To=mail["Message-ID"], Auto_Submitted="auto-replied"), door)
    page = page_of(client, work)
    assert "Came in by itself" in page
    assert "Automatic reply" in page


def frame_of(client, work, query=""):
    return client.get(reverse("mail", args=[work.messages.filter(kind="inbound").first().pk]) + query)


def test_s23_s29_the_frame_can_do_nothing(client, work):
    response = frame_of(client, work)
    page, policy = response.content.decode(), response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert re.search(r"sandbox(?! [^;]*allow-(scripts|forms|same-origin))", policy)
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Referrer-Policy"] == "no-referrer"
    for evil in ("script", "onclick", "<form", "<input", "javascript:"):
        assert evil not in page
    assert 'src="data:image/webp;base64,' in page, "its own pictures are shown"


@pytest.mark.parametrize(("html", "scheme"), [("<p>Hi</p>", "light dark"), ("<p style='color:#111'>Hi</p>", "light;")])
def test_a_mail_without_colours_of_its_own_is_dark_where_the_desk_is(client, work, html, scheme):
    Email.objects.filter(line__interaction=work).update(html=html.replace("'", '"'))
    assert f"color-scheme: {scheme}" in frame_of(client, work).content.decode()


def test_s46_pictures_of_others_are_fetched_only_when_asked_for(client, work):
    before = frame_of(client, work)
    assert 'src="https://tracker' not in before.content.decode()
    assert "img-src data:;" in before["Content-Security-Policy"]
    after = frame_of(client, work, "?pictures=1")
    assert 'src="https://tracker' in after.content.decode()
    assert "img-src data: https: http:;" in after["Content-Security-Policy"]


def test_s26_the_source_and_every_attachment_are_only_saved(client, work, mail):
    line = work.messages.get(kind="inbound")
    source = client.get(reverse("mail-source", args=[line.pk]))
    assert source.content == bytes(mail)
    page = client.get(reverse("attachment", args=[line.attachments.get(name="page.html").token]))
    for response in (source, page):
        assert response["Content-Type"] == "application/octet-stream"
        assert response["Content-Disposition"].startswith("attachment")
        assert "sandbox" in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("image/svg+xml", "lamp.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        (
            "IMAGE/SVG+XML; x",
            "lamp.SVG",
            b'<!-- --><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        ),
        ("application/pdf", "bill.pdf", b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj"),
        ("image/gif", "both.gif", b"GIF89a/*" + bytes(8) + b"*/=1;alert(1)//<script>alert(1)</script>"),
    ],
)
def test_s25_s28_a_file_that_could_act_is_only_saved(client, door, omar, kind, name, content):
    mail = letter()
    mail.add_attachment(content, *kind.partition(";")[0].split("/"), filename=name)
    work = make_active(take(mail, door).row.interaction, omar)
    client.force_login(omar.person)
    token = work.messages.get(kind="inbound").attachments.get().token
    saved = client.get(reverse("attachment", args=[token]))
    assert saved["Content-Type"] in ("application/octet-stream", "application/pdf", "image/gif"), "by its first bytes"
    assert saved["Content-Disposition"].startswith("attachment")
    assert saved["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in saved["Content-Security-Policy"]
    assert client.get(reverse("attachment-preview", args=[token])).status_code == 404, "no picture is made of it"


def test_s13_a_mail_is_seen_by_whoever_sees_the_work(client, work, maya):
    line = work.messages.get(kind="inbound")
    client.force_login(maya.person)
    assert client.get(reverse("mail", args=[line.pk])).status_code == 404
    assert client.get(reverse("mail-source", args=[line.pk])).status_code == 404


def test_a_note_on_a_mail_is_for_colleagues_only(client, work):
    client.post(reverse("messages", args=[work.pk]), {"text": "A known fault.", "kind": "note"})
    assert work.messages.get(kind="note", agent__isnull=False).text == "A known fault."


def test_a_line_that_is_pushed_looks_as_on_the_page(client, work, mail, door, shown):
    with shown() as pushes:
        take(letter("Hello again.", In_Reply_To=mail["Message-ID"]), door)
    (pushed,) = [push["html"] for push in pushes if "Hello again." in push.get("html", "")]
    article = re.search(r"<article.*?</article>", pushed, re.S)[0]
    assert "lee@example.org" in article
    line = Message.objects.get(text="Hello again.")
    assert reverse("mail", args=[line.pk]) in article


def test_a_long_mail_asks_as_little_of_the_database_as_a_short_one(
    client, work, mail, door, django_assert_max_num_queries
):
    page_of(client, work)
    for number in range(20):
        take(letter(f"Line {number}", In_Reply_To=mail["Message-ID"]), door)
    with django_assert_max_num_queries(30):
        page_of(client, work)


NOW = timezone.now()
SHOWN = [
    ({}, "Sending in"),
    ({"tries": 1, "answer": "451 Busy <b>"}, "451 Busy &lt;b&gt;"),
    ({"tries": 1, "answer": BROKEN}, BROKEN),
    ({"state": "sending", "tries": 1, "claimed_at": NOW}, "Being sent"),
    ({"state": "sent", "due_at": None, "sent_at": NOW}, "Sent"),
    (
        {"state": "sent", "due_at": None, "sent_at": NOW, "answer": "k: 550 No", "refused": {"k": "550 No"}},
        "Not accepted",
    ),
    ({"state": "failed", "due_at": None, "answer": "550 No such user"}, "550 No such user"),
    ({"state": "bounced", "due_at": None, "answer": "lee: 550 No"}, "Came back"),
    ({"state": "withdrawn", "due_at": None}, "Taken back"),
]


@pytest.mark.parametrize(("changes", "words"), SHOWN)
def test_a_mail_of_ours_says_how_far_it_has_come(changes, words, client, work, omar):
    line = work.write(omar, Letter("On its way."))
    Delivery.objects.filter(pk=line.pk).update(**changes)
    drawn = re.search(rf'id="message-{line.pk}".*?</article>', page_of(client, work), re.S)[0]
    assert f'data-state="{changes.get("state", "pending")}"' in drawn
    assert words in drawn


def test_what_a_mail_answers_is_folded_in_its_frame(client, door, omar):
    mail = letter("It works. <b>\n\n> Does it\n> work?\n")
    work = make_active(take(mail, door).row.interaction, omar)
    client.force_login(omar.person)
    page = frame_of(client, work).content.decode()
    assert "It works. &lt;b>" in page
    assert "<details><summary>What it answers</summary>> Does it\n> work?" in page
