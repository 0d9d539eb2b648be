"""How long somebody will wait: one published formula, for the customer, the ledger and the wallboard alike."""

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interactions.lines.attendance import places

if TYPE_CHECKING:
    from interactions.models.work import Work

ESTIMATE = _(
    "Place in line × time between the last 10 answers of this queue, up to now. With fewer than 3 answers in an hour: "
    "place × average handling time ÷ conversations that those at work can have at once. Told at arrival, and compared "
    "with the real wait of those who were answered today."
)

LONGEST_LINE = 200  # a place further back is not told, and not counted
BASIS = 10  # answers an estimate rests on at most
LEAST_BASIS = 3
HANDLED = 50  # conversations the handling time is the average of
KEPT_FOR = 10.0  # seconds

# Two ranges of the waiting line's index: never more of it is read than is ahead.
AHEAD = """
    select count(*) from (
        (select 1 from interactions_interaction
        where state = 'queued' and queue_id = %(queue)s and channel = %(channel)s and precedence > %(precedence)s
        limit %(most)s)
        union all
        (select 1 from interactions_interaction
        where state = 'queued' and queue_id = %(queue)s and channel = %(channel)s and precedence = %(precedence)s
        and (place_at, id) < (%(place_at)s, %(id)s)
        limit %(most)s)
    ) ahead
"""

WAITING = """
    select channel, count(*) from (
        select channel from interactions_interaction where state = 'queued' and queue_id = %s limit %s
    ) waiting group by channel
"""

# Both by arrivals_of_a_day, which knows the queue: of other queues' work no row is read.
ANSWERS = """
    select count(*), min(answered_at) from (
        select answered_at from interactions_interaction
        where arrived_at > %s and queue_id = %s and channel = %s and answered_at is not null
        order by answered_at desc limit %s
    ) answers
"""

HANDLING = """
    select avg(closed_at - answered_at) from (
        select answered_at, closed_at from interactions_interaction
        where arrived_at > %s and queue_id = %s and channel = %s and state = 'closed' and answered_at is not null
        order by arrived_at desc limit %s
    ) handled
"""

_paces: dict[tuple[int, str], tuple[float, float | None]] = {}


def place_in_line(interaction: "Work") -> int | None:
    """1 is next; None when too far back to promise anything."""
    if interaction.state == "offered":
        return 1
    line = {"queue": interaction.queue_id, "channel": interaction.channel, "precedence": interaction.precedence}
    row = _row(AHEAD, line | {"place_at": interaction.place_at, "id": interaction.pk, "most": LONGEST_LINE})
    return row[0] + 1 if row[0] < LONGEST_LINE else None


def estimated_wait(interaction: "Work", place: int | None = None) -> timedelta | None:
    """See ESTIMATE; None without anything to judge by."""
    place = place or place_in_line(interaction)
    pace = seconds_per_place(interaction.queue_id, interaction.channel) if place else None
    return timedelta(seconds=place * pace) if place and pace is not None else None


def wait_of_next(queue_id: int) -> timedelta | None:
    """What whoever came into this queue now would be told; of several channels the longest."""
    waits = []
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [queue_id, LONGEST_LINE])
        for channel, waiting in cursor.fetchall():
            if (pace := seconds_per_place(queue_id, channel)) is not None:
                waits.append(timedelta(seconds=(waiting + 1) * pace))
    return max(waits, default=None)


def seconds_per_place(queue_id: int, channel: str) -> float | None:
    """How long the line takes to move on by one; remembered for a few seconds."""
    line = queue_id, channel
    known = _paces.get(line)
    if known is None or known[0] < time.monotonic():
        known = _paces[line] = time.monotonic() + KEPT_FOR, _pace(queue_id, channel)
    return known[1]


def _pace(queue_id: int, channel: str) -> float | None:
    now = timezone.now()
    count, first = _row(ANSWERS, [now - timedelta(hours=1), queue_id, channel, BASIS])
    if count >= LEAST_BASIS:
        return (now - first).total_seconds() / count
    (handling,) = _row(HANDLING, [now - timedelta(days=1), queue_id, channel, HANDLED])
    at_once = places(queue_id, channel) if handling is not None else 0
    return handling.total_seconds() / at_once if at_once else None


def _row(sql: str, params: object) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)  # type: ignore[arg-type]
        return cursor.fetchone()
