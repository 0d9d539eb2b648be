"""Subject lines: one line, with or without what answers put before them."""

import re

ANSWERED = re.compile(
    r"^(?:(?:re|aw|sv|vs|antw|odp|fw|fwd|wg|tr|rv|enc|i|r)\s*(?:\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE
)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
LONGEST = 900  # characters: a header's line must stay below a thousand bytes where nobody folds it


def one_line(text: str | None) -> str:
    return " ".join((text or "").replace("\0", "").split())


def bare_subject(subject: str) -> str:
    """Without the Re:, AW: and Fwd: that answers collect."""
    return ANSWERED.sub("", one_line(subject)).casefold()


def tame(text: str) -> str:
    """Fit for a header, whatever somebody typed or a stranger's mail held: one line, no control characters."""
    return one_line(CONTROL.sub(" ", text))[:LONGEST]


def answering(subject: str) -> str:
    """The subject of an answer to it."""
    return tame(f"Re: {ANSWERED.sub('', one_line(subject))}")


def forwarding(subject: str) -> str:
    return tame(f"Fwd: {ANSWERED.sub('', one_line(subject))}")
