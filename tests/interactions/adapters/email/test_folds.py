import pytest

from interactions.adapters.email.folds import folded, folded_text
from interactions.adapters.email.html import sanitised

GMAIL = """<div>It works.</div><div class="gmail_quote"><div class="gmail_attr">On Monday Maya wrote:</div>
<blockquote>Did you <blockquote>try</blockquote> it?</blockquote></div><p>Lee</p>"""
THUNDERBIRD = """<div class="moz-cite-prefix">Maya wrote:</div><blockquote>Does it work?</blockquote><p>It works.</p>"""
OUTLOOK = """<div><p>It works.</p><div id="divRplyFwdMsg">From: Maya</div><p>Does it work?</p></div><p>After</p>"""


def shown(html):
    """With what is folded away as `[…]`."""
    start, _summary, rest = html.partition("<details><summary>…</summary>")
    quote, _end, rest = rest.partition("</details>")
    assert "<details" not in quote + rest, "one fold, and none within it"
    return start + "[…]" + rest, quote


@pytest.mark.parametrize(
    ("mail", "kept", "quoted"),
    [
        (GMAIL, "<div>It works.</div>[…]<p>Lee</p>", ["Monday", "Did you", "try", "it?"]),
        (THUNDERBIRD, "[…]<p>It works.</p>", ["Maya wrote", "Does it work?"]),
        (OUTLOOK, "<div><p>It works.</p>[…]</div><p>After</p>", ["From: Maya", "Does it work?"]),
        ("<p>Yes</p><blockquote>Sure?</blockquote>", "<p>Yes</p>[…]", ["Sure?"]),
    ],
    ids=["gmail", "thunderbird", "outlook", "bare"],
)
def test_what_is_quoted_is_folded_away(mail, kept, quoted):
    left, quote = shown(folded(sanitised(mail), "…"))
    assert left == kept
    assert all(each in quote for each in quoted)


def test_a_mail_that_only_quotes_stays_open():
    mail = sanitised('<div class="gmail_quote"><blockquote>Look at this.</blockquote></div>')
    assert folded(mail, "…") == mail


def test_a_tag_in_the_text_of_a_picture_ends_nothing():
    mail = sanitised('<p>Look</p><blockquote><img src="cid:a" alt="</blockquote><p>">it<br></blockquote><p>Bye</p>')
    left, quote = shown(folded(mail, "…"))
    assert left == "<p>Look</p>[…]<p>Bye</p>"
    assert "it" in quote


def test_quoted_lines_of_a_plain_text_are_folded_away():
    left, quote = shown(folded_text("Yes.\n\n> Does it\n> work?\n\n> once\n\nLee", "…"))
    assert left == "Yes.\n\n[…]\n> once\n\nLee", "one line is no history"
    assert quote == "> Does it\n> work?\n"
