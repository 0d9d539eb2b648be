"""The promises the whole house stands on, each as one query that finds the rows where it is broken.

The database enforces many of them by constraints; they are asked here all the same, because a restored dump, a disabled
trigger or a hand-written update can break what a constraint once promised. Clean while the centre works: everything
is read from one snapshot, and every verb leaves the rules whole at its commit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from django.db import connection, transaction

from interactions.invariants.journey import JOURNEY
from interactions.invariants.limits import LIMITS
from interactions.invariants.lines import LINES
from interactions.invariants.people import PEOPLE
from interactions.invariants.rule import Rule

RULES: list[Rule] = [*LINES, *JOURNEY, *LIMITS, *PEOPLE]


@dataclass(frozen=True)
class Broken:
    rule: str
    id: int
    why: str
    repair: str

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def broken() -> list[Broken]:
    """Every row that breaks a rule; empty when all is well."""
    with _snapshot():
        return [Broken(rule.name, pk, rule.why, rule.repair) for rule in RULES for pk in rule.broken_rows()]


@contextmanager
def _snapshot() -> Iterator[None]:
    """One moment for all rules, without the time-out of a web request; within a transaction (a test), its own view."""
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("set transaction isolation level repeatable read, read only")
            cursor.execute("set local statement_timeout = '10min'")
        yield
