"""What a visitor typed, made safe to keep: plain text of a bounded length, or a refusal."""

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from interactions.adapters.chat.refusals import Refusal

# NUL can not be stored; other control characters and lone surrogates have no business in a text.
UNWRITTEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def text_of(value: Any, limit: int = settings.MESSAGE_MAX_CHARS) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refusal("invalid")
    text = UNWRITTEN.sub("", value.replace("\r\n", "\n")).strip()
    if len(text) > limit:
        raise Refusal("too_long")
    return text


def line_of(value: Any, limit: int = 120) -> str:
    """A text for one line, such as a name."""
    return " ".join(text_of(value, limit).split())


def email_of(value: Any) -> str:
    email = line_of(value, 254)
    try:
        if email:
            validate_email(email)
    except ValidationError:
        raise Refusal("email") from None
    return email


def client_id_of(value: Any) -> str:
    """Chosen by the page, so that sending a line again is not a second line."""
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or not CLIENT_ID.fullmatch(value):
        raise Refusal("invalid")
    return value


def number_of(value: Any) -> int:
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise Refusal("invalid")
    return value
