"""Content-Transfer-Encoding undone, also where it is missing, wrong or damaged."""

import base64
import binascii
import re
from collections.abc import Iterator

BLANK = b" \t\r\n"
ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
FOREIGN = bytes(set(range(256)) - set(ALPHABET)) + b"="
BETWEEN_WORDS = re.compile(rb"(?<=\w) (?=\w)")
PADDED = re.compile(rb"[A-Za-z0-9+/\s]++={1,2}")
# A text that is all base64 or that nobody would write by hand: some senders forget to say so.
FORGOTTEN_BASE64 = re.compile(rb"\s*(?:[A-Za-z0-9+/]{60,76}\r?\n)+[A-Za-z0-9+/]{0,76}={0,2}\s*")
FORGOTTEN_QUOTED = re.compile(rb"=(?:[C-F][0-9A-F]=[89AB][0-9A-F]|E[0-9A-F](?:=[89AB][0-9A-F]){2}|3D|20\r?\n|\r?\n)")
UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,255}?)[ \t]*\r?\n(?=[!-M][ -`\r])", re.M)
UU_END = re.compile(rb"^(?:[` ]?\r?\n)?end[ \t]*\r?$\n?", re.M)


def undone(data: bytes, encoding: str, text: bool) -> tuple[bytes, bool]:
    """The bytes, and whether they were damaged."""
    encoding = encoding.strip(" \"';").lower()
    if "base64" in encoding:
        return from_base64(data)
    if encoding.startswith("quoted"):
        return binascii.a2b_qp(data), False
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        first = next(uuencoded(data), None)
        return (first[1], False) if first else (data, True)
    if text and not encoding:
        if FORGOTTEN_BASE64.fullmatch(data):
            return from_base64(data)
        if data.isascii() and sum(1 for _ in zip(FORGOTTEN_QUOTED.finditer(data), range(3), strict=False)) == 3:
            return binascii.a2b_qp(data), True
    return data, False


def from_base64(data: bytes) -> tuple[bytes, bool]:
    """Tolerates missing padding, stray letters, several pieces in a row and a plain footer that a list added."""
    padded = PADDED.match(data)
    tail = data[padded.end() :].lstrip(b"= \t\r\n") if padded else b""
    if padded and tail and tail.translate(None, BLANK).translate(None, ALPHABET):
        return _piece(padded[0]) + b"\n" + tail, True
    packed = data.translate(None, BLANK)
    strange = len(packed.translate(None, ALPHABET))
    if (strange + len(BETWEEN_WORDS.findall(data))) * 20 > len(packed):
        return data, True  # not base64 at all: somebody put the label on plain text
    pieces = re.split(rb"=+", packed) if packed.count(b"=") < 1000 else [packed]
    broken = strange > 0 or len(packed) % 4 > 0
    return b"".join(_piece(piece) for piece in pieces if piece), broken


def _piece(data: bytes) -> bytes:
    data = data.translate(None, FOREIGN)
    data = data[: len(data) - (len(data) % 4 == 1)]
    return base64.b64decode(data + b"=" * (-len(data) % 4))


def uuencoded(data: bytes) -> Iterator[tuple[str, bytes, int, int]]:
    """Each file in a text: its name, its bytes, where it begins and ends in the text."""
    place = 0
    while begin := UU_BEGIN.search(data, place):
        end = UU_END.search(data, begin.end())
        if end is None:
            return
        lines = data[begin.end() : end.start()].splitlines()
        yield begin[1].decode("utf-8", "replace"), b"".join(_uu_line(line) for line in lines), begin.start(), end.end()
        place = end.end()


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:  # some write blanks at the end that are not part of it
        size = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:size])
        except binascii.Error:
            return b""
