"""The web process that the browsers of the tests talk to."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from django.conf import settings
from django.db import connection

from contactcenter.benches.servers import Server, daphne


@contextmanager
def web_process(**environment: str) -> Iterator[Server]:
    """It sees what the tests commit. Starting one takes longer than most tests, so those of a package share one."""
    name = connection.settings_dict["NAME"]
    url = re.sub(r"/[^/?]*(?=\?|$)", f"/{name}", os.environ["DATABASE_URL"], count=0)
    environment |= {"DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    with daphne("contactcenter.asgi:application", **environment) as server:
        yield server


def at_rest(web: Server) -> bool:
    """Nobody is connected to it, and it does nothing with the database, so the tables can be emptied."""
    lines = psutil.Process(web.pid).net_connections("tcp")
    if any(line.status == psutil.CONN_ESTABLISHED and line.laddr.port == web.port for line in lines):
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*), pg_sleep(0.01) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'"
        )
        return cursor.fetchone()[0] == 0
