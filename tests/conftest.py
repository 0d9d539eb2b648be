"""What every test may use."""

from collections.abc import Iterator

import pytest
import redis
from django.conf import settings

from interactions.invariants import broken

pytest_plugins = ["tests.cast", "tests.centre"]


def assert_invariants() -> None:
    """Nothing that the test did has broken a promise of the data."""
    assert broken() == []


@pytest.fixture(autouse=True)
def invariants_hold(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever raced in a test with real commits left every invariant whole; `fabricated` marks rows no verb made."""
    marker = request.node.get_closest_marker("django_db")
    racing = "transactional_db" in request.fixturenames or (marker and marker.kwargs.get("transaction"))
    if not racing or request.node.get_closest_marker("fabricated"):
        yield
        return
    request.getfixturevalue("transactional_db")  # so that it is torn down, and all rows are gone, after us
    yield
    assert_invariants()


@pytest.fixture
def valkey() -> Iterator[redis.Redis]:
    """A connection to this worker's Valkey database, empty at the start."""
    with redis.Redis.from_url(settings.REDIS_URL) as connection:
        connection.flushdb()
        yield connection
