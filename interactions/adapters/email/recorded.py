"""What the receiving mail server wrote on top of a mail: its checks of the sender, and whether it took it for spam.

Anybody can write such lines into their own mail. That it is spam is believed from everybody; the checks only from the
server that the mailbox names, and of its lines the topmost (it removes forged ones: RFC 8601, 5).
"""

import re
from dataclasses import dataclass, field

from interactions.adapters.email.parse import Mail

SPAM_HEADERS = ("x-spam-flag", "x-spam-status", "x-spam")
COMMENT = re.compile(r"\([^()]*\)")
RESULT = re.compile(r"\s*(spf|dkim|dmarc)\s*=\s*([a-z]{1,20})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Recorded:
    checks: dict[str, str] = field(default_factory=dict)  # {"spf": "pass", "dkim": "none", "dmarc": "fail"}
    spam: bool = False

    @property
    def confirmed(self) -> bool:
        """The domain in the From line says that the mail is its own."""
        return self.checks.get("dmarc") == "pass"

    @property
    def refuted(self) -> bool:
        """The domain in the From line would not stand by it."""
        return self.checks.get("dmarc") == "fail"


def recorded(mail: Mail, authserv_id: str) -> Recorded:
    marks = [value for name in SPAM_HEADERS for value in mail.headers.get(name, [])]
    spam = any(mark.strip().lower().startswith("yes") for mark in marks)
    for line in mail.headers.get("authentication-results", []):
        by, *parts = COMMENT.sub("", line).split(";")
        if authserv_id and by.split()[:1] == [authserv_id]:
            found = [match for part in parts if (match := RESULT.match(part))]
            return Recorded({method.lower(): result.lower() for method, result in map(re.Match.groups, found)}, spam)
    return Recorded(spam=spam)
