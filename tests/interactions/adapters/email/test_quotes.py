import time

import pytest

from interactions.adapters.email.parse import parse
from interactions.adapters.email.quotes import reply_of
from tests.interactions.adapters.email.letters import letter
from tests.interactions.adapters.email.quote_cases import CASES


@pytest.mark.parametrize(("text", "reply"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_only_what_the_sender_wrote_is_the_reply(text, reply):
    assert reply_of(text) == reply


@pytest.mark.parametrize(
    "html",
    [
        '<div>Fine.</div><br><div class="gmail_quote"><div class="gmail_attr">On Fri, Jan 5, 2024 at 10:00 AM Maya &lt;'
        '<a href="mailto:maya@shop.example">maya@shop.example</a>&gt; wrote:<br></div><blockquote>Ok?</blockquote></div>',
        '<div>Fine.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Maya<br><b>Sent:</b> Friday'
        "<br><b>To:</b> Lee<br><b>Subject:</b> Ok</div><div>Ok?</div>",
        '<p>Fine.</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>Von:</b> Maya &lt;m@shop.example&gt;'
        "<br><b>Gesendet:</b> Freitag, 5. Januar 2024<br><b>An:</b> Lee<br><b>Betreff:</b> Ok</p></div></div><p>Ok?</p>",
        '<p>Fine.</p><div class="moz-cite-prefix">Am 05.01.24 um 10:00 schrieb Maya:<br></div><blockquote type="cite">Ok?'
        "</blockquote>",
        '<div>Fine.</div><div class="yahoo_quoted"><div>On Friday, January 5, 2024, Maya &lt;m@shop.example&gt; wrote:'
        "</div><div>Ok?</div></div>",
    ],
    ids=["gmail", "outlook web", "outlook", "thunderbird", "yahoo"],
)
def test_the_reply_in_html(html):
    assert parse(letter(html, Content_Type="text/html")).reply == "Fine."


@pytest.mark.parametrize(
    "text",
    [
        "On " * 100_000,
        "On 5 Jan 2024\n" * 30_000,
        ">" * 400_000,
        "> \n" * 130_000,
        "From: a\n" * 50_000,
        "From: a\nSent: b\n" * 30_000,
        "-" * 400_000,
        "- " * 200_000,
        "_\n" * 200_000,
        ":\n" * 200_000,
        "<a@b" * 100_000,
        "\n" * 400_000 + "x",
        " " * 400_000 + "x",
        "Sent from " * 40_000,
        ("On 5 Jan 2024 <a@b.example>\n" * 3 + "\n") * 5_000,
        "wrote " * 60_000 + ":",
    ],
    ids=range(16),
)
def test_s42_no_text_takes_long(text):
    start = time.process_time()
    reply_of(text)
    assert time.process_time() - start < 1


def test_a_reply_is_never_empty_where_there_is_text():
    for text in (
        ">a",
        "-- \nLee",
        "On 5 Jan 2024, Maya <m@shop.example> wrote:\n> x",
        "From: a\nSent: b\nTo: c\nSubject: d",
    ):
        assert reply_of(text)
    assert reply_of(" \n ") == ""
