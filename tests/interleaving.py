"""A second and a third session: verbs on connections of their own, in steps that the test decides."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Self

from django.db import connection, connections, transaction

PATIENCE = 30.0  # seconds


def wait_until(true: Callable[[], Any], within: float = PATIENCE) -> Any:
    """What the condition gives as soon as it is true."""
    deadline = time.monotonic() + within
    while not (result := true()):
        assert time.monotonic() < deadline, f"waited {within} s in vain"
        time.sleep(0.005)
    return result


class Session:
    """One thread with one database connection."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._transaction: Any = None
        self.pid: int = self.do(self._backend)

    def do(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run it there and wait for it."""
        return self.start(fn, *args, **kwargs).result(PATIENCE)

    def start(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Future[Any]:
        """Run it there; it may have to wait for a lock."""
        return self._thread.submit(fn, *args, **kwargs)

    @contextmanager
    def holding(self) -> Iterator[Self]:
        """All it does in this block is one transaction, committed at the end: its locks are held meanwhile."""
        self.do(self._begin)
        try:
            yield self
        finally:
            self.do(self._commit)

    def waits(self) -> None:
        """Return once this session stands at somebody's lock."""
        wait_until(self._blocked)

    def close(self) -> None:
        self.do(connections.close_all)
        self._thread.shutdown()

    def _backend(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            return cursor.fetchone()[0]

    def _begin(self) -> None:
        self._transaction = transaction.atomic()
        self._transaction.__enter__()

    def _commit(self) -> None:
        self._transaction.__exit__(None, None, None)

    def _blocked(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("select cardinality(pg_blocking_pids(%s)) > 0", [self.pid])
            return cursor.fetchone()[0]


@contextmanager
def sessions(*names: str) -> Iterator[list[Session]]:
    opened = [Session(name) for name in names]
    try:
        yield opened
    finally:
        for session in opened:
            session.close()
