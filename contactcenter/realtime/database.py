"""Database work for consumers, on threads of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from channels.db import DatabaseSyncToAsync

# asgiref would run every consumer of a process on one and the same thread; the bound spares the pool.
_threads = ThreadPoolExecutor(8, thread_name_prefix="screen")


async def in_db[**P, R](fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run `fn` where it may use the database, and give its connection back to the pool."""
    call: Any = DatabaseSyncToAsync(fn, thread_sensitive=False, executor=_threads)
    return await call(*args, **kwargs)
