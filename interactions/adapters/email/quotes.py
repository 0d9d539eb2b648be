"""What the sender of an answer wrote: its text without what it quotes and without the signature.

The libraries were tried on the 127 answers in tests/.../quote_cases.py, which follow the forms of Outlook, Gmail,
Apple, Thunderbird and others in 24 languages: mail-parser-reply 1.36 gets 60 right, and its time grows with the square
of the empty lines (4,000 of them take 2.4 s); quotequail 0.5.4 gets 55 and leaves signatures in; talon was released
last in 2017 and wants scikit-learn. So the rules are ours: whole, short lines are matched, each a few times at most.

When in doubt a line stays. The full text is always kept beside it.
"""

import re

from interactions.adapters.email import limits
from interactions.adapters.email.quote_words import (
    ADDRESS,
    ADDRESS_LAST,
    DATE,
    ENDS,
    FORWARD_LINE,
    HEADER,
    OLD_GMAIL,
    OPENING,
    OUR_LINE,
    QUOTED_MAIL,
    RULE,
    SENT_FROM,
    SIGNATURE,
    UNDERSCORES,
    WROTE,
    WROTE_RULE,
)

LONG = 300  # letters: no line that introduces a quotation is longer
DRAWN = re.compile(r"\s*[-_=*─—]{3,}\s*")
QUOTE = re.compile(r"\s?>")


def reply_of(text: str) -> str:
    """Never empty unless the text is: a mail that only quotes or forwards is its own reply."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").strip("\n").split("\n")]
    looked_at = lines[: limits.QUOTE_LINES]
    rest = lines[limits.QUOTE_LINES :]
    kept, ended = _without_quotes(looked_at)
    reply = _without_signature(_without_rule(kept) if ended else kept + rest)
    return reply or text.replace("\r\n", "\n").strip()


def _without_quotes(lines: list[str]) -> tuple[list[str], bool]:
    """The lines that are not quoted, and whether all that follows is a quotation."""
    kept: list[str] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        if _begins_quoted_mail(lines, place):
            return kept, True
        if size := _attribution(lines, place):
            following = _next(lines, place + size)
            if not QUOTE.match(lines[following] if following < len(lines) else ""):
                return kept, True
            place = following
        elif _is_quoted(lines, place):
            place += 1
        else:
            kept.append(line)
            place += 1
    return kept, False


def _next(lines: list[str], place: int) -> int:
    """The next line that is not empty, within reason."""
    for ahead in range(place, min(place + 6, len(lines))):
        if lines[ahead].strip():
            return ahead
    return len(lines)


def _is_quoted(lines: list[str], place: int) -> bool:
    return lines[place].startswith(">") or lines[place].startswith(" >")


def _begins_quoted_mail(lines: list[str], place: int) -> bool:
    line = lines[place].strip().lstrip("> ").strip()
    if not line or len(line) > LONG:
        return False
    if OUR_LINE.fullmatch(line) or FORWARD_LINE.fullmatch(line) or WROTE_RULE.fullmatch(line):
        return True
    if (rule := RULE.fullmatch(line)) and QUOTED_MAIL.search(rule[1]):
        return True
    if UNDERSCORES.fullmatch(line):
        return _has_headers(lines, _next(lines, place + 1))
    return _has_headers(lines, place)


def _has_headers(lines: list[str], place: int) -> bool:
    """From, when, to whom and about what, three of them in a row: what Outlook puts above the mail it answers."""
    seen: set[str] = set()
    for ahead in range(place, min(place + 8, len(lines))):
        line = lines[ahead].strip().lstrip("> ")
        match = HEADER.match(line[:80])
        if match is None:
            if ahead == place or not line:
                break
            continue  # a header that goes on, or one we have no word for
        seen.add(match.lastgroup or "")
        if ahead == place and match.lastgroup not in ("sender", "sent"):
            break
    return "sender" in seen and len(seen) >= 3


def _attribution(lines: list[str], place: int) -> int:
    """How many lines say that somebody wrote what follows; 0 if none does."""
    if not lines[place].strip():
        return 0
    joined = ""
    for size in range(1, 5):
        if place + size > len(lines) or not (line := lines[place + size - 1].strip().lstrip("> ").strip()):
            return 0
        joined = f"{joined} {line}".strip()
        if len(joined) > LONG:
            return 0
        if ENDS.search(line) or OLD_GMAIL.fullmatch(joined):
            return size if _says_who_wrote(joined, lines, place + size) else 0
        if size == 1 and not (OPENING.match(line) or ADDRESS.search(line)):
            return 0
    return 0


def _says_who_wrote(line: str, lines: list[str], following: int) -> bool:
    ahead = _next(lines, following)
    quoted = ahead < len(lines) and lines[ahead].lstrip().startswith(">")
    dated, addressed = DATE.search(line), ADDRESS.search(line)
    if OLD_GMAIL.fullmatch(line):
        return quoted
    if WROTE.search(line) and (quoted or (dated and addressed)):
        return bool(dated or addressed)
    return bool(dated and ADDRESS_LAST.search(line)) or bool(quoted and dated and addressed)


def _without_signature(lines: list[str]) -> str:
    written = [place for place, line in enumerate(lines) if line.strip()]
    for count, place in enumerate(written):
        line = lines[place].strip()
        if count and len(line) <= LONG and (SIGNATURE.fullmatch(line) or UNDERSCORES.fullmatch(line)):
            return _joined(lines[:place])
        # After "Sent from my telephone" comes at most an advertisement.
        if count and len(line) < 120 and SENT_FROM.fullmatch(line) and len(written) - count <= 4:
            return _joined(lines[:place])
    return _joined(lines)


def _without_rule(lines: list[str]) -> list[str]:
    """The line that a program draws above what it quotes."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or DRAWN.fullmatch(lines[end - 1])):
        end -= 1
    return lines[:end]


def _joined(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
