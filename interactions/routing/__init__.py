"""The engine: who gets what, and why.

One pass is one transaction: bounded reads (heads.py), a pure match (match.py), claims that lock and look again
(claim.py), the next part matched while the last is written. The router process wakes on NOTIFY and sweeps every second
for whatever is due (timers.py).
"""

from django.db import connection

ROUTER_LOCK = 7_240_001  # session lock of the active router; standbys wait for it
PASS_LOCK = 7_240_002  # transaction lock of a pass: two routers can never both write

ROUTER_IS_ACTIVE = f"""
    exists (select from pg_locks where locktype = 'advisory' and granted and objsubid = 1 and classid = 0
        and objid = {ROUTER_LOCK} and database = (select oid from pg_database where datname = current_database()))
"""


def router_is_active() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"select {ROUTER_IS_ACTIVE}")
        return cursor.fetchone()[0]
