"""Queries of the hot paths, written once: the ORM takes longer to write a wide SELECT than PostgreSQL to answer it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from copy import copy
from functools import cached_property
from inspect import signature
from typing import Any

import psycopg
from django.db import connection
from django.db.models import Model, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler


class Prepared[M: Model]:
    """`line = Prepared(lambda pk, seq: Message.objects.filter(interaction=pk, seq=seq))`, then `line.first(7, 1)`.

    The values may only be compared with; rows are read as the ORM reads them, joins and annotations included.
    """

    def __init__(self, rows: Callable[..., QuerySet[M]]) -> None:
        self.rows = rows

    def all(self, *values: object) -> list[M]:
        mine = copy(self._compiled[1])
        mine.connection = connection  # each thread has its own
        found = rows(*self.written(*values), as_text=True)
        mine.execute_sql = lambda *_, **__: [found]  # type: ignore[method-assign, assignment]
        return list(self._queryset._iterable_class(_Written(self._queryset, mine)))

    def first(self, *values: object) -> M | None:
        return next(iter(self.all(*values)), None)

    def get(self, *values: object) -> M:
        """The one row; DoesNotExist when it is gone."""
        if (found := self.first(*values)) is None:
            raise self._queryset.model.DoesNotExist
        return found

    def written(self, *values: object) -> tuple[str, tuple[Any, ...]]:
        """The statement with its parameters, for whoever runs it without models."""
        _queryset, _compiler, sql, params = self._compiled
        return sql, tuple(values[value.number] if isinstance(value, _Place) else value for value in params)

    @property
    def _queryset(self) -> Any:
        return self._compiled[0]

    @cached_property
    def _compiled(self) -> tuple[Any, SQLCompiler, str, tuple[Any, ...]]:
        # Writing a query changes it: threads that come at once, as they do to a new process, write one each.
        queryset = self.rows(*(Value(_Place(number)) for number in range(len(signature(self.rows).parameters))))
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, params = compiler.as_sql()
        # Asked anew at each call, of every column, how to read them: a third of a small query's time.
        converters = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])
        compiler.get_converters = lambda _columns: converters
        return queryset, compiler, sql, params


class _Place:
    """Stands in the parameters where a value of each call goes."""

    def __init__(self, number: int) -> None:
        self.number = number


class _Written:
    """What a queryset's iterable asks of its queryset, the query being compiled already."""

    def __init__(self, queryset: Any, compiler: SQLCompiler) -> None:
        self.db, self._compiler = queryset.db, compiler
        self._fetch_mode, self._known_related_objects = queryset._fetch_mode, queryset._known_related_objects

    @property
    def query(self) -> "_Written":
        """As an attribute it would keep itself, and what it has read, for the garbage collector."""
        return self

    def get_compiler(self, using: str) -> SQLCompiler:
        return self._compiler


PREPARED_AFTER = 2  # times


def rows(sql: str, params: Any = (), *, as_text: bool = False) -> list[tuple[Any, ...]]:
    """What a statement gives, in the transaction of Django's connection, if there is one.

    Its values are bound by the server, which plans it once for each connection: it runs for every line or piece of
    work. They come as binary, since the driver reads moments, of which every piece of work has several, six times
    faster so; or as the text that the ORM's fields expect.
    """
    return send(sql, params, as_text=as_text)()


def send(sql: str, params: Any = (), *, as_text: bool = False) -> Callable[[], list[tuple[Any, ...]]]:
    """Have it begun; what it gives, or its error, comes with the call. While `overlapping` nobody waits until then."""
    session = _session()
    session.prepare_threshold = PREPARED_AFTER
    plain: Any = psycopg.Cursor(session)
    if not as_text:
        plain.format = psycopg.pq.Format.BINARY
    cursor = connection._prepare_cursor(plain)  # type: ignore[attr-defined]
    cursor.execute(sql, params)

    def fetch() -> list[tuple[Any, ...]]:
        with cursor:
            return list(cursor.fetchall())

    return fetch


def overlapping() -> AbstractContextManager[object]:
    """Until it ends the database works on what was sent while we go on: libpq's pipeline mode."""
    pipeline: AbstractContextManager[object] = _session().pipeline()
    return pipeline


def answered_first() -> None:
    """What was sent while `overlapping` is answered when it is done, not only once what is sent next is done too."""
    _session().pgconn.send_flush_request()


def _session() -> Any:
    connection.ensure_connection()
    return connection.connection
