from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection

SHOWN = 100  # broken rows of one rule that are listed; a broken rule is broken, however often


@dataclass(frozen=True)
class Rule:
    """What must always hold. `broken` finds the rows where it does not: SQL that selects ids, or a function."""

    name: str
    why: str
    repair: str
    broken: str | Callable[[], Iterable[int]]

    def broken_rows(self) -> list[int]:
        if callable(self.broken):
            return sorted(self.broken())[:SHOWN]
        with connection.cursor() as cursor:
            cursor.execute(f"select id from ({self.broken}) broken (id) order by id limit {SHOWN}")
            return [row[0] for row in cursor.fetchall()]
