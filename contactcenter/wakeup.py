"""Wakes the router: PostgreSQL's NOTIFY, delivered when the transaction commits and folded into one per transaction.

A lost wake-up costs at most a second: the router sweeps every second anyway.
"""

from django.db import connection

WAKEUP_CHANNEL = "router_wakeup"


def wake_router() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {WAKEUP_CHANNEL}")
