"""The router's own statements, prepared by the server: one that runs for every piece of work is planned only once."""

from collections.abc import Iterable
from typing import Any

import psycopg
from django.db import connection
from django.db.models import BooleanField, F, Func

PREPARED_AFTER = 2  # times


def rows(sql: str, params: Any = ()) -> list[tuple[Any, ...]]:
    """What the statement gives, in the transaction of Django's connection; values are bound by the server.

    They come as binary: the driver reads moments, of which every piece of work has several, six times faster so.
    """
    connection.ensure_connection()
    session: Any = connection.connection
    session.prepare_threshold = PREPARED_AFTER
    plain: Any = psycopg.Cursor(session)
    plain.format = psycopg.pq.Format.BINARY
    with connection._prepare_cursor(plain) as cursor:  # type: ignore[attr-defined]
        cursor.execute(sql, params)
        return cursor.fetchall()


def array(values: Iterable[int | str]) -> str:
    """An array of PostgreSQL, of numbers or plain words, written at once: the driver would take far longer."""
    return "{" + ",".join(map(str, values)) + "}"


def among(ids: Any) -> Func:
    """The condition that a row's key is one of an `array`, for a statement that is written once."""
    given = {"template": "%(expressions)s::bigint[])", "arg_joiner": " = any("}
    return Func(F("pk"), ids, output_field=BooleanField(), **given)
