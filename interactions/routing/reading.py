"""How much of a line is worth reading: what those who have room could take. Pure, for router and virtual time alike."""

from collections.abc import Iterator
from datetime import datetime

from interactions.routing.match import NOTHING, admitted_by
from interactions.routing.pool import Line, Pool

DRAINING_AT_ONCE = 10  # of one line agents are to get room for so much


def worth_reading(line: Line, pool: Pool, now: datetime) -> Iterator[tuple[int, datetime | None]]:
    """How many from the head, for each group that may be asked: of all that waits, or of what entered by then."""
    queue, _channel = line
    if queue not in pool.rules.queues:
        return
    with_room, short = pool.with_room(line), pool.short.get(line, {})
    k = min(DRAINING_AT_ONCE, sum(len(group.rooms) for group in short.values()))
    for asked in sorted(with_room.keys() | short.keys()):
        k += with_room.get(asked, 0)
        by = admitted_by(asked, pool.rules.queues[queue], now)
        if k and by != NOTHING:
            yield k, by
