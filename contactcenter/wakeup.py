"""Wakes the router: PostgreSQL's NOTIFY, delivered when the transaction commits and folded into one per transaction.

A lost wake-up costs at most a second: the router sweeps every second anyway.
"""

from collections.abc import Iterable
from typing import Self

from django.db import connection

WAKEUP_CHANNEL = "router_wakeup"


def wake_router(*, queue: int | None = None, agent: int | None = None) -> None:
    """Work has come into this queue, or this agent stands differently; neither: the rules have changed."""
    what = f"queue {queue}" if queue else f"agent {agent}" if agent else "rules"
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, %s)", [WAKEUP_CHANNEL, what])


class News:
    """What several wake-ups said, taken together."""

    def __init__(self) -> None:
        self.queues: set[int] = set()
        self.agents: set[int] = set()
        self.rules = False

    @classmethod
    def of(cls, payloads: Iterable[str]) -> Self:
        news = cls()
        for payload in payloads:
            match payload.split():
                case ["queue", pk]:
                    news.queues.add(int(pk))
                case ["agent", pk]:
                    news.agents.add(int(pk))
                case _:
                    news.rules = True
        return news
