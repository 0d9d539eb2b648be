"""Slows down whoever guesses passwords: so many tries per account and per address, known or unknown alike.

Counted in Valkey before the password is looked at, so that guesses side by side count too. Without Valkey people can
still sign in: a restart of it must not lock the centre out.
"""

import hashlib
import logging
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Network, ip_address

import redis
from django.conf import settings
from django.http import HttpRequest

from contactcenter.valkey import valkey

logger = logging.getLogger(__name__)

WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 60


def address_of(request: HttpRequest) -> str:
    """Where the request comes from; behind our own proxy, what the proxy says. Of IPv6 the network, not the address."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.TRUST_PROXY else ""
    address = forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
    try:
        known = ip_address(address)
    except ValueError:
        return address[:45]
    if isinstance(known, IPv4Address) or known.ipv4_mapped:
        return address
    # One household is given 2**64 of them: counted one by one, nobody would ever be slowed down.
    return str(IPv6Network((int(known), 64), strict=False))


def may_guess(username: str, address: str) -> bool:
    """Count one more try, and say whether it is still within the limits."""
    account, place = _keys(username, address)
    try:
        with valkey().pipeline() as pipeline:
            for key in (account, place):
                pipeline.incr(key)
                pipeline.expire(key, WINDOW, nx=True)
            by_account, _, by_place, _ = pipeline.execute()
    except redis.RedisError:
        logger.warning("Valkey is away: password guesses are not counted.")
        return True
    return by_account <= TRIES_PER_ACCOUNT and by_place <= TRIES_PER_ADDRESS


def was_right(username: str, address: str) -> None:
    """The password was right: the account starts afresh, and the address is not blamed for this try."""
    account, place = _keys(username, address)
    try:
        with valkey().pipeline() as pipeline:
            pipeline.delete(account)
            pipeline.decr(place)
            pipeline.execute()
    except redis.RedisError:
        logger.warning("Valkey is away: password guesses are not counted.")


def _keys(username: str, address: str) -> tuple[str, str]:
    account = hashlib.sha256(username.strip().lower().encode()).hexdigest()
    return f"guesses:account:{account}", f"guesses:address:{address}"
