"""STOP, START and HELP: words that are about being written to, not about anybody's question.

https://help.twilio.com/articles/223134027 lists the words. Those that customers also write in a conversation (CANCEL,
END, QUIT, YES) count only where Twilio itself says that it took them so.
"""

import re
from enum import StrEnum

WORDS = {
    "stop": "STOP STOPALL UNSUBSCRIBE OPTOUT REVOKE ARRET ARRÊT",
    "start": "START UNSTOP OPTIN",
    "help": "HELP",
}


class Keyword(StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"


_KNOWN = {word: Keyword(keyword) for keyword, words in WORDS.items() for word in words.split()}


def keyword_of(body: str, opt_out_type: str = "") -> Keyword | None:
    """What Twilio took it for, else the one word it consists of."""
    if opt_out_type.lower() in set(Keyword):
        return Keyword(opt_out_type.lower())
    return _KNOWN.get(re.sub(r"[\s.!\"'“”]+", "", body).upper())
