"""What statements of our own are given."""

from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, F, Func


def array(values: Iterable[int | str]) -> str:
    """An array of PostgreSQL, of numbers or plain words, written at once: the driver would take far longer."""
    return "{" + ",".join(map(str, values)) + "}"


def among(ids: Any) -> Func:
    """The condition that a row's key is one of an `array`, for a statement that is written once."""
    given = {"template": "%(expressions)s::bigint[])", "arg_joiner": " = any("}
    return Func(F("pk"), ids, output_field=BooleanField(), **given)


def within(column: str, ids: Any) -> Func:
    """The condition that a column is one of an `array`; where there is none, anything will do."""
    given = {"template": "coalesce(%(expressions)s::bigint[]), true)", "arg_joiner": " = any("}
    return Func(F(column), ids, output_field=BooleanField(), **given)
