"""Database work for consumers, on threads of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import close_old_connections

from contactcenter.threads import visit

# asgiref would run every consumer of a process on one and the same thread; the bound spares the pool.
_threads = ThreadPoolExecutor(8, thread_name_prefix="screen")


async def in_db[**P, R](fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run `fn` where it may use the database, and give its connection back to the pool."""
    return await visit(_threads, _with_connection, partial(fn, *args, **kwargs))


def _with_connection[R](fn: Callable[[], R]) -> R:
    close_old_connections()
    try:
        return fn()
    finally:
        close_old_connections()
