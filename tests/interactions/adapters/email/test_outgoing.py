"""A mail on its way out: what the bytes are, what the server may say, and that nobody gets it twice."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from contactcenter.mail_url import mailers
from interactions.adapters.email import outgoing, wording
from interactions.adapters.email.automatic import Kind, recognised
from interactions.adapters.email.parse import parse
from interactions.adapters.email.quotes import reply_of
from interactions.adapters.sending import deliver
from interactions.models import Delivery, Email, Mailbox, Upload
from interactions.models.letter import Letter
from tests.interactions.adapters.email.conftest import HELP
from tests.interactions.adapters.email.servers import serving
from tests.interactions.models.test_query_counts import work_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]


@pytest.fixture
def server(settings):
    with serving(settings) as server:
        yield server


def send(line):
    """The undo is over, and a worker comes."""
    Delivery.objects.filter(pk=line.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    deliver(line.pk)
    return Delivery.objects.get(pk=line.pk)


def built(line):
    mail = outgoing.build(Email.objects.get(pk=line.pk), ["lee@example.org"])
    return message_from_bytes(mail.message().as_bytes().replace(b"\r\n", b"\n"), policy=policy.default)


def test_a_mail_by_a_real_server(work, omar, server, billing):
    Mailbox.objects.update(sender_name="Tülip & Oak, Help")
    content = b"\x00\xff picture"
    file = Upload(ContentFile(content), "Lämp.png", "image/png", len(content))
    line = work.write(omar, Letter("It is on its way.\n\nSee <b>https://example.com/lamp</b>"), files=[file])
    delivery = send(line)
    assert (delivery.state, delivery.reached, delivery.answer) == ("sent", ["lee@example.org"], "")
    assert delivery.about_to_send_at <= delivery.sent_at
    ((recipients, mail),) = server.taken
    assert recipients == ["lee@example.org"]
    assert mail["From"].addresses[0].display_name == "Tülip & Oak, Help"
    assert mail["From"].addresses[0].addr_spec == HELP
    assert (mail["To"], mail["Subject"]) == ("lee@example.org", "Re: Lamp")
    assert mail["Message-ID"] == f"<{line.email.message_id}>"
    assert mail["In-Reply-To"] == "<m1@example.org>"
    assert mail["References"].split() == ["<m0@example.org>", "<m1@example.org>"]
    assert mail["Reply-To"] == line.email.reply_to
    assert mail["Date"].datetime == line.at.replace(microsecond=0)
    assert mail["X-Contactcenter"]
    assert "List-Unsubscribe" not in mail
    plain = mail.get_body(("plain",)).get_content()
    assert plain.startswith("It is on its way.\n\nSee <b>")
    assert plain.rstrip().endswith("Lee Wong <lee@example.org> wrote:\n> My lamp is broken.")
    html = mail.get_body(("html",)).get_content()
    assert "&lt;b&gt;" in html
    assert "<b>" not in html
    assert 'class="gmail_quote"' in html
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type(), attached.get_content()) == (
        "Lämp.png",
        "image/png",
        content,
    )


def test_sending_stays_within_its_statements(work, omar, server):
    line = work.write(omar, Letter("Hi"))
    Delivery.objects.update(due_at=timezone.now())
    statements = work_of(deliver, line.pk)
    assert len(statements) <= 11, "\n".join(statements)


def test_the_desk_sees_it_go(work, omar, server, shown):
    line = work.write(omar, Letter("Hi"))
    with shown() as pushes:
        assert send(line).state == "sent"
    assert [push["id"] for push in pushes if push["what"] == "line" and push["g"] == omar.screen] == [line.pk] * 2


def test_blind_copies_are_in_no_header(work, omar, server):
    line = work.write(omar, Letter("Hi", cc=["kim@example.org"], bcc=["boss@example.net"]))
    send(line)
    ((recipients, mail),) = server.taken
    assert recipients == ["lee@example.org", "kim@example.org", "boss@example.net"]
    assert "boss" not in mail.as_string()
    assert mail["Cc"] == "kim@example.org"


def test_our_own_reader_finds_the_answer_the_quote_and_whose_it_is(work, omar):
    mail = parse(bytes(built(work.write(omar, Letter("It is on its way.")))))
    assert reply_of(mail.text).strip() == "It is on its way."
    assert recognised(mail).kind == Kind.OWN


@pytest.mark.parametrize("language", ["en", "nl", "de", "fr"])
def test_what_we_quote_is_found_again_in_every_language(language, work, omar):
    work.customer.language = language
    work.customer.save()
    line = work.write(omar, Letter("Hi.\n\nOmar"))
    assert reply_of(line.email.text + "\n> And more.").strip() == "Hi.\n\nOmar"


def test_what_is_forwarded_says_whose_it_was(work, omar):
    mail = built(work.write(omar, Letter("Please look.", kind="forward", to=["joe@factory.example"])))
    text = mail.get_body(("plain",)).get_content()
    assert text.startswith(
        "Please look.\n\n---------- Forwarded message ----------\nFrom: Lee Wong <lee@example.org>\n"
    )
    assert text.rstrip().endswith("My lamp is broken.")
    assert "In-Reply-To" not in mail


def test_mail_nobody_asked_for_says_how_to_stop_it(work, omar):
    line = work.write(omar, Letter("News.", kind="new", to=["lee@example.org"], subject="News"))
    assert built(line)["List-Unsubscribe"] == f"<mailto:{line.email.reply_to}?subject=unsubscribe>"


@pytest.mark.parametrize("field", ["subject", "from_name"])
def test_s31_what_is_stored_makes_no_second_header(field, work, omar):
    line = work.write(omar, Letter("Hi"))
    Email.objects.filter(pk=line.pk).update(**{field: "A\r\nBcc: all@example.net\r\n\r\n<html>"})
    mail = built(line)
    assert "Bcc" not in mail
    assert mail.get_body(("plain",)).get_content().startswith("Hi")


@pytest.mark.parametrize("field", ["message_id", "in_reply_to", "reply_to", "from_address"])
def test_s31_an_id_or_address_with_a_line_break_is_never_sent(field, work, omar, server):
    line = work.write(omar, Letter("Hi"))
    Email.objects.filter(pk=line.pk).update(**{field: "a@example.org>\r\nBcc: <all@example.net"})
    assert send(line).state == "failed"
    assert not server.taken


def test_long_ids_are_folded_and_stay_whole(work, omar):
    ids = [f"{'a' * 120}{number}@example.org" for number in range(20)]
    line = work.write(omar, Letter("Hi"))
    Email.objects.filter(pk=line.pk).update(references=ids, in_reply_to=ids[0])
    raw = outgoing.build(Email.objects.get(pk=line.pk), []).message().as_bytes()
    assert max(map(len, raw.split(b"\r\n"))) < 998
    assert built(line)["References"].split() == [f"<{one}>" for one in ids]


def test_addresses_beyond_ascii(work, omar, server):
    line = work.write(omar, Letter("Hi", to=["lee@bücher.example"]))
    send(line)
    ((recipients, mail),) = server.taken
    assert recipients == [mail["To"]] == ["lee@xn--bcher-kva.example"]


SAYS = [
    ("550 5.7.1 We do not like it", "failed", "550 5.7.1 We do not like it"),
    ("554 Spam", "failed", "554 Spam"),
    ("451 4.7.1 Greylisted, try later", "pending", "451 4.7.1 Greylisted, try later"),
    ("421 Too busy", "pending", "421 Too busy"),
]


@pytest.mark.parametrize(("says", "state", "answer"), SAYS)
@pytest.mark.parametrize("to", ["mail", "recipient"])
def test_the_servers_own_words(to, says, state, answer, work, omar, server):
    if to == "mail":
        server.says.append(says)
    else:
        server.refuses["lee@example.org"] = [says]
    delivery = send(work.write(omar, Letter("Hi")))
    assert (delivery.state, delivery.answer) == (state, answer)
    assert not server.taken
    if state == "pending":
        assert send(delivery.line).state == "sent"
        assert len(server.taken) == 1


def test_each_recipient_gets_it_once_whatever_happens_to_the_others(work, omar, server):
    server.refuses = {"kim@example.org": ["450 Greylisted"], "joe@example.org": ["550 No such user"]}
    line = work.write(omar, Letter("Hi", cc=["kim@example.org", "joe@example.org"]))
    delivery = send(line)
    assert (delivery.state, delivery.answer) == ("pending", "kim@example.org: 450 Greylisted")
    delivery = send(line)
    assert (delivery.state, delivery.answer) == ("sent", "joe@example.org: 550 No such user")
    assert [recipients for recipients, _mail in server.taken] == [["lee@example.org"], ["kim@example.org"]]
    assert len({mail["Message-ID"] for mail in server.mails}) == 1


def test_what_is_noted_as_taken_is_not_handed_over_again(work, omar, server):
    line = work.write(omar, Letter("Hi", cc=["kim@example.org"]))
    Delivery.objects.update(reached=["lee@example.org"], refused={"kim@example.org": "550 No"})
    delivery = send(line)
    assert (delivery.state, delivery.answer) == ("sent", "kim@example.org: 550 No")
    assert not server.taken


def test_without_a_server_it_waits_and_says_so(work, omar, settings):
    settings.MAILERS = mailers("")
    delivery = send(work.write(omar, Letter("Hi")))
    assert (delivery.state, delivery.tries, delivery.answer) == ("pending", 0, outgoing.NO_SERVER)
    assert delivery.due_at > timezone.now()


def test_a_server_that_is_gone_is_tried_again(work, omar, settings):
    settings.MAILERS = mailers("smtp://127.0.0.1:1")
    delivery = send(work.write(omar, Letter("Hi")))
    assert (delivery.state, delivery.tries) == ("pending", 1)
    assert "refused" in delivery.answer


@pytest.mark.parametrize("url", ["http://example.com", "smtp://", "smtps+x://example.com"])
def test_a_mail_url_that_leads_nowhere_is_refused(url):
    with pytest.raises(Exception, match="MAIL_URL"):
        mailers(url)


def test_a_mail_url_with_everything():
    options = mailers("smtp+tls://u%40x:p%2Fw@mail.example:587")["default"]["OPTIONS"]
    assert (options["host"], options["port"], options["username"], options["password"]) == (
        "mail.example",
        587,
        "u@x",
        "p/w",
    )
    assert options["use_tls"]


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{ 7|add:7 }} {% now 'Y' %}", "a\n\n\n> b", "https://x.example/<"]
)
def test_s23_s30_s45_words_stay_words_and_nothing_tells_us_that_they_were_read(text):
    html = wording.formatted(text, signature=text, below=wording.Quoted(text, text))
    assert not re.search(r"<(script|img|link|style|iframe)|src=|url\(", html)
    assert ("{{ 7|add:7 }}" in html) == ("{{" in text)
