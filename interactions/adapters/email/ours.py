"""Addresses and Message-IDs of our own, by which an answer finds its interaction: nobody can make one up.

Both carry the interaction's number and a signature of it. Whoever has seen one of them can write to that interaction,
as whoever got our mail can, and to no other.
"""

import re
import secrets

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

LINE = "line"  # in what a provider keeps beside a mail of ours: which one it is
SIGNED = re.compile(r"(\d{1,18})[-.](?:[\w-]+\.)?([0-9a-f]{20})")


def _signature(interaction_id: int, key: str) -> str:
    return salted_hmac("contactcenter.mail", str(interaction_id), secret=key, algorithm="sha256").hexdigest()[:20]


def reply_address(address: str, interaction_id: int) -> str:
    """help@example.com -> help+41-0123456789abcdef0123@example.com"""
    local, _at, domain = address.rpartition("@")
    return f"{local}+{interaction_id}-{_signature(interaction_id, settings.SECRET_KEY)}@{domain}"


def new_message_id(interaction_id: int, domain: str) -> str:
    """A Message-ID for a mail of ours, without its angle brackets."""
    return f"{interaction_id}.{secrets.token_hex(8)}.{_signature(interaction_id, settings.SECRET_KEY)}@{domain}"


def interaction_of_address(address: str) -> int | None:
    """The interaction that this address of ours is for, if we made it."""
    return _signed(address.rpartition("@")[0].rpartition("+")[2].lower())


def without_number(address: str) -> str:
    """The mailbox behind an address of ours: help+41-0123456789abcdef0123@example.com -> help@example.com"""
    if interaction_of_address(address) is None:
        return address
    local, _at, domain = address.rpartition("@")
    return f"{local.rpartition('+')[0]}@{domain}"


def interaction_of_message_id(message_id: str) -> int | None:
    """The interaction that this Message-ID of ours is of, if we made it."""
    return _signed(message_id.strip(" <>").rpartition("@")[0].lower())


def _signed(name: str) -> int | None:
    if not (found := SIGNED.fullmatch(name)):
        return None
    number = int(found[1])
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    genuine = any(constant_time_compare(found[2], _signature(number, key)) for key in keys)
    return number if genuine else None
