"""The process's own client of Valkey, for what is counted or asked outside the live screens."""

from functools import cache
from threading import Lock

from django.conf import settings
from redis import Redis

PATIENCE = 1  # seconds: whoever asks would rather do without than wait
_first_use = Lock()


def valkey() -> "Redis":
    """One client for all threads; two made at once would close each other's connections as one is forgotten."""
    with _first_use:
        return _client(settings.REDIS_URL)


@cache
def _client(url: str) -> "Redis":
    return Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
