"""Addresses in any form that real headers have, legal or not: taken apart in one pass over the letters."""

import re
from dataclasses import dataclass

from interactions.adapters.email import limits
from interactions.adapters.email.charsets import Charsets
from interactions.adapters.email.headers import WORD, decoded_words, one_line

ATOM = r"[^\s<>()\[\],;:\"@\\]"
BARE = re.compile(rf"(?<!{ATOM}){ATOM}+@(?:{ATOM}+|\[[0-9A-Fa-f.:]+\])")
LINKED = re.compile(r"\[(?:mailto|smtp):([^\s\[\]<>]+)\]", re.I)
ANGLE = re.compile(r"<([^<>]*)>?")
COMMENT = re.compile(r"\(([^()]*)\)")
QUOTED_LOCAL = re.compile(r"\"((?:[^\"\\]|\\.)*)\"@([^\s<>,;\"]+)")
DOMAIN = re.compile(r"(?:[^\s@<>()\[\],;:\"\\.]+\.)*[^\s@<>()\[\],;:\"\\.]+|\[[0-9A-Fa-f.:IPv]+\]")


@dataclass(frozen=True)
class Address:
    address: str
    name: str = ""

    @property
    def valid(self) -> bool:
        """Whether mail could be sent to it, as far as its form can tell."""
        local, at, domain = self.address.rpartition("@")
        return bool(local and at and len(self.address) <= 254 and DOMAIN.fullmatch(domain))


def addresses_of(value: bytes, charsets: Charsets) -> list[Address]:
    """All of a header's, each once. Groups are taken apart; what holds no address is left out."""
    found: dict[str, Address] = {}
    carried = ""
    for piece in _pieces(charsets.decode(value)):
        address, name = _apart(piece, charsets)
        if not address:
            # "Jansen, Kees <kees@example.nl>" without its quotation marks
            carried = f"{carried}, {name}".strip(", ")
            continue
        if carried and "<" in piece:
            name = f"{carried}, {name}".strip(", ")
        carried = ""
        found.setdefault(address.lower(), Address(address, name[: limits.NAME_CHARS]))
        if len(found) >= limits.ADDRESSES:
            break
    return list(found.values())


def _pieces(text: str) -> list[str]:
    """Cut at commas and semicolons, and after a group's name, outside quotation marks, comments, brackets and words."""
    text = LINKED.sub(r"<\1>", text)
    text = WORD.sub(lambda word: re.sub(r"[,;:<>()\"]", _as_q, word[0]) if word[2] in "qQ" else word[0], text)
    pieces: list[str] = []
    current: list[str] = []
    quoted = angle = skip = at = False
    comment = 0
    closes = text.count('"')
    for letter in text:
        if skip:
            skip = False
        elif letter == "\\" and (quoted or comment):
            skip = True
        elif letter == '"' and not comment and not angle:
            closes -= 1
            quoted = not quoted and closes > 0  # one that is never closed opens nothing
        elif quoted:
            pass
        elif letter == "(":
            comment += 1
        elif letter == ")" and comment:
            comment -= 1
        elif letter == "<" and not comment:
            angle = True
        elif letter == ">" and not comment:
            angle = False
        elif letter in ",;" and not comment and (not angle or letter == ";"):
            pieces.append("".join(current))
            current, angle, at = [], False, False
            continue
        elif letter == ":" and not comment and not angle and not at:
            current = []  # a group's name
            continue
        at = at or letter == "@"
        current.append(letter)
    return [piece for piece in [*pieces, "".join(current)] if piece.strip()]


def _as_q(match: re.Match[str]) -> str:
    return f"={ord(match[0]):02X}"


def _apart(piece: str, charsets: Charsets) -> tuple[str, str]:
    """The address and the name of one mailbox; an empty address if there is none."""
    angles = [match for match in ANGLE.finditer(piece) if match[1].strip()]
    with_at = [match for match in angles if "@" in match[1]]
    if chosen := (with_at or angles)[-1:]:
        inside = chosen[0][1].strip()
        name = _name(piece[: chosen[0].start()] or COMMENT.sub(r"\1", piece[chosen[0].end() :]), charsets)
        address = _tidy(decoded_words(inside, charsets))
        if with_at or "@" in address or not BARE.search(piece):
            return address, "" if name.lower() == address.lower() else name
    if quoted := QUOTED_LOCAL.search(piece):
        return _tidy(f'"{quoted[1]}"@{quoted[2]}'), _name(piece[: quoted.start()], charsets)
    comment = " ".join(match[1] for match in COMMENT.finditer(piece))
    text = decoded_words(COMMENT.sub(" ", piece), charsets)
    if bare := BARE.search(text):
        name = _name(text[: bare.start()].rstrip("[( ") or comment, charsets)
        return _tidy(bare[0]), "" if "@" in name and name.lower() == bare[0].lower() else name
    return "", _name(piece, charsets)


def _tidy(address: str) -> str:
    """Without what programs leave around it: mailto:, SMTP:, a route, quotation marks, a final dot."""
    address = one_line(address).strip(" <>'")
    address = address.strip("[]") if address.startswith("[") else address
    address = re.sub(r"^(?:mailto|smtp|e-?mail):\s*", "", address, flags=re.I)
    if address.startswith("@") and ":" in address:
        address = address.partition(":")[2]
    if address.count('"') == 2 and address.startswith('"') and address.endswith('"'):
        address = address.strip('"')
    local, at, domain = address.rpartition("@")
    return f"{local.strip()}{at}{domain.strip().rstrip('.').lower()}"[:320]


def _name(text: str, charsets: Charsets) -> str:
    text = re.sub(r"\\(.)|\"", r"\1", text.strip())
    name = one_line(decoded_words(text, charsets)).strip(" ,;")
    if name.startswith("<") or name.count("<") != name.count(">"):
        name = name.strip("<> ")
    return name[1:-1] if len(name) > 1 and name[0] == name[-1] == "'" else name
