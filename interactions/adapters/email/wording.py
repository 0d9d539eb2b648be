"""The words of a mail of ours: what was written, the signature, and below it what it answers, where it can be folded.

Everything is text until the last step here escapes it: nobody's words are ever read as a template or as HTML.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from contactcenter.links import linked

if TYPE_CHECKING:
    from interactions.models.email import Email

MOST_QUOTED = 60_000  # characters
QUOTE = "margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex"
FONT = "font-family:sans-serif;font-size:14px;line-height:1.5"


@dataclass(frozen=True)
class Quoted:
    """What is answered or forwarded: a line or more that introduce it, and its text."""

    intro: str
    text: str
    forwarded: bool = False


def quoted(mail: "Email", language: str, *, forwarded: bool) -> Quoted:
    """In the customer's language and the centre's time."""
    with translation.override(language or settings.LANGUAGE_CODE), timezone.override(None):
        at = date_format(timezone.localtime(mail.line.at), "DATETIME_FORMAT")
        who = f"{mail.from_name} <{mail.from_address}>".strip()
        if forwarded:
            head = [
                _("---------- Forwarded message ----------"),
                f"{_('From:')} {who}",
                f"{_('Date:')} {at}",
                f"{_('Subject:')} {mail.subject}",
                f"{_('To:')} {', '.join(mail.to)}",
            ]
            intro = "\n".join([*head, *([f"{_('Copy:')} {', '.join(mail.cc)}"] if mail.cc else [])])
        else:
            intro = _("On %(at)s, %(who)s wrote:") % {"at": at, "who": who}
    return Quoted(intro, (mail.text or mail.line.text)[:MOST_QUOTED], forwarded)


def plain(text: str, signature: str = "", below: Quoted | None = None) -> str:
    parts = [text.rstrip()]
    if signature:
        parts.append(f"-- \n{signature}")
    if below and below.forwarded:
        parts.append(f"{below.intro}\n\n{below.text}")
    elif below:
        lines = (f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in below.text.splitlines())
        parts.append("\n".join([below.intro, *lines]))
    return "\n\n".join(part for part in parts if part)


def formatted(text: str, signature: str = "", below: Quoted | None = None) -> str:
    """The same as HTML; mail programs fold what stands in a `gmail_quote`."""
    parts = [format_html('<div dir="auto" style="{}">{}</div>', FONT, _lines(text.rstrip()))]
    if signature:
        parts.append(format_html('<div dir="auto" style="{};color:#555">-- <br>{}</div>', FONT, _lines(signature)))
    if below:
        intro, words = _lines(below.intro), _lines(below.text)
        shape = "" if below.forwarded else QUOTE
        quote = format_html('<blockquote type="cite" dir="auto" style="{}">{}</blockquote>', shape or "margin:0", words)
        parts.append(format_html('<div class="gmail_quote"><div dir="auto">{}</div>{}</div>', intro, quote))
    return "\n<br>\n".join(parts)


def _lines(text: str) -> SafeString:
    return mark_safe(linked(escape(text), nofollow=True).replace("\n", "<br>\n"))
