"""A mail as a line of a conversation: its words, its files, and what stands in its header."""

from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from interactions.adapters.email.parse import Mail
from interactions.adapters.email.subjects import bare_subject, one_line
from interactions.adapters.email.threads import known_id
from interactions.models import Email, Message, RawMail, Upload

LONGEST_LINE = 20_000  # characters that the conversation shows; the whole is one click away
LONGEST_TEXT = 1_000_000
MOST_FILES = 200
MOST_ADDRESSES = 200


def words_of(mail: Mail) -> str:
    """What they wrote this time, without what it answers; never empty."""
    words = kept(mail.reply or "").strip() or kept(mail.text or "").strip()
    if len(words) > LONGEST_LINE:
        words = f"{words[:LONGEST_LINE]} …\n\n" + _("This mail is longer: open the whole text.")
    return words or one_line(mail.subject)[:1000] or _("This mail has no text.")


def kept(text: str) -> str:
    """NUL and lone surrogates cannot be stored."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:LONGEST_TEXT]


def files_of(mail: Mail) -> list[Upload]:
    """Its attachments, whose names the parser has made harmless; the source has what is too many."""
    return [
        Upload(
            file=ContentFile(one.content),
            name=one_line(one.name)[:200],
            content_type=one_line(one.type)[:100],
            size=one.size,
            content_id=one_line(one.cid)[:200],
        )
        for one in mail.attachments[:MOST_FILES]
    ]


def _addresses(given: list[str]) -> list[str]:
    return [one_line(address)[:320] for address in given[:MOST_ADDRESSES]]


def described(line: Message, row: RawMail, mail: Mail, **found: Any) -> Email:
    """What is kept with the line, once it is saved: what its mail's header says, and what was found out about it."""
    subject = one_line(mail.subject)
    return Email(
        line=line,
        raw=row,
        message_id=known_id(mail.message_id or ""),
        in_reply_to=known_id(mail.in_reply_to or ""),
        references=[known_id(one) for one in mail.references][-100:],
        subject=subject[:1000],
        subject_changed=bare_subject(subject)[:190] != bare_subject(line.interaction.subject)[:190],
        from_name=one_line(mail.from_name)[:200],
        from_address=one_line(mail.from_address)[:320],
        reply_to=one_line(mail.reply_to)[:320],
        to=_addresses(mail.to),
        cc=_addresses(mail.cc),
        text=kept(mail.text or ""),
        html=kept(mail.html or ""),
        notes=mail.notes,
        **found,
    )
