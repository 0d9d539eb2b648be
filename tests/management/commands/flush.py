"""Django's `flush`, for a test that committed: it empties the few tables that have rows.

Django's truncates a hundred tables and their indexes and makes every content type and permission anew, 0.2 s for each
such test; those stay here, and nothing else that a migration wrote is missed, since Django's own keeps nothing of it.
"""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, connections, transaction
from psycopg.errors import DeadlockDetected

ATTEMPTS = 5
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


class Command(BaseCommand):
    help = "Empty the tables that have rows."
    stealth_options = ("interactive", "database", "reset_sequences", "allow_cascade", "inhibit_post_migrate")

    def handle(self, *args: Any, **options: Any) -> None:
        for left in reversed(range(ATTEMPTS)):
            try:
                self._empty(options["database"])
            except OperationalError as error:
                # A page that has just been closed says so, in tables it takes in another order.
                if not left or not isinstance(error.__cause__, DeadlockDetected):
                    raise
            else:
                return

    def _empty(self, database: str) -> None:
        connection = connections[database]
        tables = [
            connection.ops.quote_name(name)
            for name in connection.introspection.django_table_names()
            if name not in KEPT
        ]
        with transaction.atomic(using=database), connection.cursor() as cursor:
            cursor.execute(
                " union all ".join(f"select '{table}' where exists (select from {table})" for table in tables)
            )
            filled = [table for (table,) in cursor.fetchall()]
            if not filled:
                return
            cursor.execute(f"lock table {', '.join(filled)} in exclusive mode")
            # Everything goes, so no row has to be looked for that refers to one that goes.
            cursor.execute("set local session_replication_role = replica")
            for table in filled:
                cursor.execute(f"delete from {table}")
