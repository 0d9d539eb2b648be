"""A clock that jumps: everything that is due keeps the time it had left, instead of falling due all at once.

Set by hand, by a time server after hours alone, or after a laptop's sleep: the wall clock moves on while hardly any
time has passed. Moments that were written by the clock as it was are moved along with it.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

log = logging.getLogger(__name__)
JUMP = timedelta(seconds=5)  # a time server that puts a clock right slowly is never so far off

# What is compared with now: (table, moments, which rows).
DUE = [
    ("agents_lease", ("expires_at",), "true"),
    ("agents_agent", ("idle_since", "gone_since", "cooling_until"), "true"),
    ("interactions_offer", ("offered_at", "expires_at", "accepts_at"), "state = 'pending'"),
    ("interactions_exclusion", ("until",), "true"),
    ("interactions_interaction", ("queued_at", "place_from", "place_at", "preferred_until"), "state = 'queued'"),
    ("interactions_interaction", ("queued_at", "place_from", "place_at"), "state = 'offered'"),
    ("interactions_interaction", ("wrap_up_until",), "state = 'wrap_up' and wrap_up_until is not null"),
    ("interactions_delivery", ("due_at", "queued_at"), "state in ('pending', 'sending')"),
    (
        "interactions_visitor",
        ("seen_at",),
        "id in (select visitor_id from interactions_interaction where state in ('queued', 'offered'))",
    ),
]


def steady() -> float:
    """Seconds that pass, whatever becomes of the time of day."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


class Clock:
    """Compares the time of day with the time that has passed."""

    def __init__(self, passed: Callable[[], float] = steady) -> None:
        self.passed = passed
        self.noticed()

    def noticed(self) -> None:
        """From now on this is the time."""
        self._time, self._at = timezone.now(), self.passed()

    def jump(self) -> timedelta:
        """How far the time of day has moved beside the time that passed, since last noticed; zero unless far."""
        by = timezone.now() - self._time - timedelta(seconds=self.passed() - self._at)
        if abs(by) > JUMP:
            return by
        self.noticed()
        return timedelta(0)


def move_along(by: timedelta) -> None:
    """Whatever was written by the clock as it was, before this jump, keeps the time it had left.

    A moment that is nearer to the new time than to the old one was written by a clock that is right already: a page
    that renewed its lease meanwhile, on this machine or another.
    """
    new = timezone.now()
    params: dict[str, Any] = {"by": by, "old": new - by, "new": new}
    log.warning("the clock has jumped; what was due is moved along", extra={"seconds": by.total_seconds()})
    with transaction.atomic(), connection.cursor() as cursor:
        for table, moments, rows in DUE:
            moved = ", ".join(f"{moment} = {_moved(moment)}" for moment in moments)
            cursor.execute(f"update {table} set {moved} where {rows}", params)


def agrees(with_time: datetime) -> bool:
    """Whether our clock and another show the same time."""
    return abs(timezone.now() - with_time) <= JUMP


def _moved(moment: str) -> str:
    since_old, since_new = (f"abs(extract(epoch from {moment} - %({clock})s))" for clock in ("old", "new"))
    return f"case when {since_old} < {since_new} then {moment} + %(by)s else {moment} end"
