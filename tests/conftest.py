"""What every test may use."""

from collections.abc import Iterator

import pytest
import redis
from django.conf import settings

pytest_plugins = ["tests.cast"]


@pytest.fixture
def valkey() -> Iterator[redis.Redis]:
    """A connection to this worker's Valkey database, empty at the start."""
    with redis.Redis.from_url(settings.REDIS_URL) as connection:
        connection.flushdb()
        yield connection
