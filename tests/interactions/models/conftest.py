"""A clock that stands still until it is moved."""

from collections.abc import Iterator

import pytest
import time_machine


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-03-02 12:00:00+00:00", tick=False) as traveller:
        yield traveller
