"""The router in a big centre, beside what PostgreSQL alone could do: on a database of our own, with real models.

`size` is how much waits (10,000); there are a tenth as many agents, and the figures of growth go from a tenth to ten
times that. `seconds` is how long each rate of arrivals lasts (60).
"""

from collections.abc import Callable

from django.db import connection

from contactcenter.benches import Figure, at_least
from contactcenter.benches.chat.people import own_database
from contactcenter.benches.router import latency, passes, quality
from contactcenter.benches.router.floor import clear
from interactions.management.commands.router import BY_INDEX


def run(size: int | None = None, seconds: float | None = None) -> list[Figure]:
    size, seconds = max(size or 10_000, 100), seconds or 60
    parts: list[Callable[[], list[Figure]]] = [
        lambda: passes.throughput(size, seconds),
        lambda: latency.run(size, seconds),
        lambda: passes.backlog(size),
        lambda: [*passes.signed_in(size), *passes.memory(size)],
        lambda: passes.old_snapshot(size),
        lambda: [quality.matching(size), quality.virtual_time(seconds)],
    ]
    figures = [_durable()]
    with own_database():
        _as_the_router()
        for part in parts:
            figures += part()
            clear()
    return figures


def _as_the_router() -> None:
    """Passes of this process are planned as those of the router's are."""
    with connection.cursor() as cursor:
        for setting in BY_INDEX.split("-c ")[1:]:
            cursor.execute(f"set {setting}")


def _durable() -> Figure:
    """The figures count only where a commit is on the disk."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) filter (where setting = 'on') from pg_settings"
            " where name in ('fsync', 'synchronous_commit', 'full_page_writes')"
        )
        return at_least("durable: fsync, synchronous commit, full pages", cursor.fetchone()[0], "of 3", target=3)
