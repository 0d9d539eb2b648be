"""Which parts are read as the mail's text and which are kept as files, and the text itself, plain and formatted."""

import html as entities
import re
from dataclasses import dataclass, field

from interactions.adapters.email import limits
from interactions.adapters.email.attachments import Attachment, attachment_of, clean_name
from interactions.adapters.email.charsets import Charsets
from interactions.adapters.email.headers import UNSEEN, Head, decoded
from interactions.adapters.email.html import from_text, sanitised
from interactions.adapters.email.invites import text_of_invite
from interactions.adapters.email.plain import text_of
from interactions.adapters.email.structure import Part
from interactions.adapters.email.tame import too_large
from interactions.adapters.email.transfer import uuencoded
from interactions.adapters.email.winmail import is_winmail, unwrapped

META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
MARKUP = re.compile(r"\s*(?:<!doctype html|<html[\s>]|<(?:head|body|table|div)[\s>])", re.I)
TAG = re.compile(r"<[^<>]{0,2000}>")
LINE_BREAK = re.compile(r"\r\n?")
ENCRYPTED = {"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"}


@dataclass
class Section:
    """One piece of the body in the one or two forms in which it came."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)


@dataclass
class Body:
    text: str = ""
    html: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def body_of(parts: list[Part], charsets: Charsets) -> Body:
    """Parts that are alternatives of one another make one section; the others one each, in their order."""
    reader = _Reader(charsets)
    named_texts_are_files = any(_is_unnamed_text(part) for part in parts)
    for part in parts:
        if part.is_text and part.disposition != "attachment" and not (part.name and named_texts_are_files):
            reader.read(part)
        elif part.type != "text/x-amp-html":  # a third form of the same text, made of scripts
            reader.keep(part)
        if part.broken and "bad_encoding" not in reader.body.notes:
            reader.body.notes.append("bad_encoding")
    return reader.finished()


def _is_unnamed_text(part: Part) -> bool:
    return part.is_text and not part.name and part.disposition != "attachment"


class _Reader:
    def __init__(self, charsets: Charsets) -> None:
        self.charsets = charsets
        self.body = Body()
        self.sections: list[Section] = []
        self.alternatives: dict[int, Section] = {}
        self.invites: list[str] = []

    def read(self, part: Part) -> None:
        section = self._section(part)
        data = part.content(limits.TEXT_BYTES)
        if len(part.raw) > limits.TEXT_BYTES:
            self._note("text_cut")
        if part.type == "text/plain" and b"\nbegin " in b"\n" + data:
            data = self._without_uuencoded(data)
        label = part.charset
        if part.type == "text/html" and not label and (meta := META.search(data[:4096])):
            label = meta[1].decode("latin-1")
        text = _written(self.charsets.decode(data, label))
        if part.type == "text/html" or (not part.declared and MARKUP.match(text)):
            section.html.append(text)
        elif part.type == "text/plain":
            section.plain.append(_flowed(text, part.format))
        else:
            section.plain.append(TAG.sub("", text.replace("<nl>", "\n").replace("<<", "<")))

    def keep(self, part: Part) -> None:
        number = len(self.body.attachments) + 1
        if part.type in ENCRYPTED:
            self._note("encrypted")
        if part.type == "text/calendar" and not self.invites:
            self.invites.append(text_of_invite(self.charsets.decode(part.content(100_000), part.charset or "utf-8")))
        if is_winmail(part):
            if winmail := unwrapped(part.content(), number):
                self.body.attachments += winmail.attachments
                if winmail.text or winmail.html:
                    texts = [winmail.text] if winmail.text else []
                    self.sections.append(Section(texts, [winmail.html] if winmail.html else []))
                return
            self._note("bad_winmail")
        subject = self._subject_within(part) if part.type == "message/rfc822" and not part.name else ""
        self.body.attachments.append(attachment_of(part, number, subject))

    def finished(self) -> Body:
        texts: list[str] = []
        formatted: list[str] = []
        any_html = False
        if left_out := too_large(html for section in self.sections for html in section.html):
            self._note("html_left_out")
        for section in self.sections:
            plain = "\n".join(section.plain).strip("\n")
            html = "" if left_out else sanitised("\n".join(section.html))
            any_html = any_html or bool(html)
            if not plain.strip() and section.html:
                plain = text_of(html) if html else _crude_text("\n".join(section.html))
            if plain.strip():
                texts.append(plain)
            if not left_out:
                formatted.append(html or (from_text(plain) if plain.strip() else ""))
            if sum(map(len, texts)) > limits.TEXT_CHARS:
                break
        self.body.text = "\n\n".join(texts)
        self.body.html = "\n".join(formatted).strip() if any_html else ""
        if not self.body.text.strip() and self.invites:
            self.body.text = self.invites[0]
        if len(self.body.text) > limits.TEXT_CHARS:
            self.body.text = self.body.text[: limits.TEXT_CHARS]
            self._note("text_cut")
        if self.charsets.guessed:
            self._note("bad_charset")
        return self.body

    def _section(self, part: Part) -> Section:
        if part.alternative is None:
            self.sections.append(Section())
            return self.sections[-1]
        if part.alternative not in self.alternatives:
            self.alternatives[part.alternative] = Section()
            self.sections.append(self.alternatives[part.alternative])
        return self.alternatives[part.alternative]

    def _without_uuencoded(self, data: bytes) -> bytes:
        text, place = b"", 0
        for name, content, start, end in uuencoded(data):
            number = len(self.body.attachments) + 1
            if number > limits.PARTS:
                self._note("too_many_parts")
                break
            kind = "application/octet-stream"
            self.body.attachments.append(Attachment(clean_name(name, kind, number), kind, "", False, content))
            text, place = text + data[place:start], end
        return text + data[place:]

    def _subject_within(self, part: Part) -> str:
        inner = part.content(64 * 1024)
        return decoded(Head(inner, 0, len(inner)).first("subject"), self.charsets)

    def _note(self, code: str) -> None:
        if code not in self.body.notes:
            self.body.notes.append(code)


def _written(text: str) -> str:
    """Line ends as ours, without control characters."""
    text = LINE_BREAK.sub("\n", text)
    return UNSEEN.sub("", text)


def _flowed(text: str, given: dict[str, str]) -> str:
    """Lines that a program broke are joined again (RFC 3676): a blank at its end says that a line goes on."""
    if given.get("format", "").lower() != "flowed":
        return text
    delete_blank = given.get("delsp", "").lower() == "yes"
    paragraphs: list[tuple[int, list[str]]] = []
    going_on = False
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        if going_on and paragraphs[-1][0] == depth and content != "-- ":
            paragraphs[-1][1].append(content)
        else:
            paragraphs.append((depth, [content]))
        going_on = content.endswith(" ") and content != "-- "
        if going_on and delete_blank:
            paragraphs[-1][1][-1] = content[:-1]
    return "\n".join(">" * depth + " " * (depth > 0) + "".join(pieces) for depth, pieces in paragraphs)


def _crude_text(html: str) -> str:
    """Of HTML that is too large to be sanitised: its letters, without any markup."""
    text = re.sub(r"<(?:br|/p|/div|/tr|/li|/h\d)\b[^<>]{0,200}>", "\n", html[: limits.TEXT_CHARS], flags=re.I)
    return re.sub(r"\n\s*\n+", "\n\n", entities.unescape(TAG.sub("", text))).strip()
