"""What every test may use."""

import gc
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import redis
import time_machine
from asgiref.sync import SyncToAsync
from django.conf import settings as django_settings
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from hypothesis import settings

from contactcenter.realtime.database import _threads
from interactions.invariants import broken

pytest_plugins = ["tests.cast", "tests.centre", "tests.office", "tests.screens"]

# Cases are never too slow on a machine that does other things too. `pytest --hypothesis-profile long` tries many more.
settings.register_profile("default", deadline=None)
settings.register_profile("long", deadline=None, max_examples=5000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First what promises to be up again in so many seconds, while few browsers share the machine."""
    items.sort(key=lambda item: "chaos" not in item.path.parts)


def pytest_collection_finish() -> None:
    """What is loaded stays to the end; a collector that goes through it again and again takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The tables come from the models, and count as migrated; see tests/settings.py.

    channels' communicators keep its threads from giving their connection back; a database in use would stay.
    """
    with django_db_blocker.unblock():
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        for app, name in MigrationLoader(None).disk_migrations:
            recorder.record_applied(app, name)
    yield
    together = Barrier(_threads._max_workers)

    def let_go() -> None:
        connections.close_all()
        together.wait()  # so that each of them runs on another thread

    closing = [_threads.submit(let_go) for _ in range(together.parties)]
    for done in [*closing, SyncToAsync.single_thread_executor.submit(connections.close_all)]:
        done.result()


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
    with redis.Redis.from_url(django_settings.REDIS_URL) as connection:
        connection.flushdb()
        yield connection


@pytest.fixture
def own_folder(settings: Any, tmp_path: Path) -> None:
    """Uploads go to a folder of this test alone."""
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    """A clock that stands still until it is moved."""
    with time_machine.travel("2026-03-02 12:00:00+00:00", tick=False) as traveller:
        yield traveller
