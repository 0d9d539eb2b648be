"""A whole centre of real processes on the database of the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contactcenter.benches.chat.centre import Centre


@pytest.fixture
def centre(transactional_db: None, tmp_path: Path) -> Iterator[Centre]:
    """Valkey, two web processes, router and worker, which may be killed; all end with the test."""
    running = Centre(tmp_path, webs=2)
    try:
        running.start()
        yield running
    finally:
        running.stop()
