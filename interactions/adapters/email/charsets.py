"""Bytes to text: by the label if it fits, else by what the bytes look like."""

import codecs
import re

from charset_normalizer import from_bytes

from interactions.adapters.email import limits

# What mail programs write and mean. A label that promises less than its superset gets the superset, as in browsers:
# https://encoding.spec.whatwg.org/#names-and-labels
MEANT = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gb-2312": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "x-gbk": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "koi8-ru": "koi8-u",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "unicode-1-1-utf-7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "utf": "utf-8",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "windows-31j": "cp932",
    "cp-850": "cp850",
    "windows-874": "cp874",
    "ms874": "cp874",
}
MARKS = [(codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")]
SHIFTS = [(b"\x1b$)C", "iso2022_kr"), (b"\x1b$", "iso2022_jp_ext"), (b"\x1b(J", "iso2022_jp_ext")]
UNSAID = {
    "",
    "us-ascii",
    "ascii",
    "ansi_x3.4-1968",
    "unknown",
    "x-unknown",
    "unknown-8bit",
    "default",
    "default_charset",
}
SAMPLE = 16 * 1024


class Charsets:
    """Decodes the texts of one mail; what one of them says about its charset helps those that say nothing."""

    def __init__(self) -> None:
        self.fallback = ""
        self.guesses = 0
        self.guessed = False  # whether any label was missing or wrong

    def declare(self, label: str) -> None:
        """What a part says of itself is the best guess for headers and parts that say nothing."""
        self.fallback = clean_label(label)

    def decode(self, data: bytes, label: str | None = "") -> str:
        """The text; what can not be read in it becomes U+FFFD. Never fails."""
        for mark, codec in MARKS:
            if data.startswith(mark):
                return data.decode(codec, "replace")
        name = clean_label(label)
        if data.isascii() and b"\x1b" not in data and name not in ("utf-7", "hz", "utf-16", "utf-16le", "utf-16be"):
            return data.decode("ascii")
        if name in UNSAID:
            return self._guess(data)
        return self._as_labelled(data, name)

    def _as_labelled(self, data: bytes, name: str) -> str:
        wide = name.startswith(("utf-16", "utf-32", "ucs-"))
        if wide and b"\0" not in data:
            return self._guess(data)
        # Bytes that are well-formed UTF-8 are not by chance: a label of one byte a letter is wrong then.
        if not wide and not data.isascii() and (text := _strict(data, "utf-8")) is not None:
            return text
        if (text := _strict(data, name)) is not None:
            return text
        if name == "utf-8" and _mostly_utf8(data):
            return data.decode("utf-8", "replace")
        if name in ("iso2022_jp_ext", "iso2022_kr", "hz", "gb18030", "cp932", "cp949", "big5hkscs", "utf-7", "utf-16"):
            return data.decode(name, "replace")
        return self._guess(data)

    def _guess(self, data: bytes) -> str:
        self.guessed = True
        for shift, name in SHIFTS:
            if shift in data and (text := _strict(data, name)) is not None:
                return text
        for name in ("utf-8", self.fallback):
            if name and (text := _strict(data, name)) is not None:
                return text
        if _mostly_utf8(data):
            return data.decode("utf-8", "replace")
        return data.decode(self._likeliest(data), "replace")

    def _likeliest(self, data: bytes) -> str:
        """A few letters say too little: windows-1252 is by far the most frequent of what is left."""
        if self.guesses >= limits.GUESSES or sum(byte > 127 for byte in data[:SAMPLE]) < 8:
            return "cp1252"
        self.guesses += 1
        best = from_bytes(_around_first_letter(data), steps=3, chunk_size=1024, enable_fallback=False).best()
        return best.encoding if best else "cp1252"


def clean_label(label: str | None) -> str:
    """The codec's name that a label means; "" if there is none."""
    name = re.sub(r"[^a-z0-9_.:+-]", "", (label or "").lower().removeprefix("3d"))[:40]
    name = MEANT.get(name, name)
    if name in UNSAID:
        return ""
    try:
        if codecs.lookup(name).name in ("base64", "zlib", "bz2", "hex", "quopri", "uu", "rot13", "idna", "punycode"):
            return ""
        "".encode(name)  # a codec that is no charset refuses text
    except (LookupError, ValueError, TypeError, UnicodeError):
        return ""
    return "utf-8" if codecs.lookup(name).name == "utf-8" else name


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeError, LookupError, ValueError):
        pass
    if name == "iso2022_jp_ext":
        # The letters that Windows adds in row 13 are at the same place in the newer standard.
        return _strict(data.replace(b"\x1b$B", b"\x1b$(Q").replace(b"\x1b$@", b"\x1b$(Q"), "iso2022_jp_2004")
    return None


def _mostly_utf8(data: bytes) -> bool:
    """A cut letter or a few stray bytes in a UTF-8 text: fewer than one in five of what is not ASCII."""
    sample = data[:SAMPLE]
    text = sample.decode("utf-8", "replace")
    letters = sum(char > "\x7f" for char in text)
    return text.count("\ufffd") * 5 <= letters and letters > 1


def _around_first_letter(data: bytes) -> bytes:
    first = next((place for place, byte in enumerate(data[: 32 * SAMPLE]) if byte > 127), 0)
    start = max(0, first - 200)
    return data[start : start + SAMPLE]
