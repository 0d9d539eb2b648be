"""`manage.py bench NAME`: a measurement beside its baseline, as a table or as JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from contactcenter import benches


class Command(BaseCommand):
    help = "Measure one thing beside its baseline, both in this run."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=benches.names())
        parser.add_argument("--json", action="store_true", help="print JSON, for machines")
        parser.add_argument("--size", type=int, help="how many sockets, chats, ... instead of the bench's own number")
        parser.add_argument("--seconds", type=float, help="how long to measure instead of the bench's own time")

    def handle(self, *, name: str, json: bool, size: int | None, seconds: float | None, **options: Any) -> None:
        result = benches.run(name, size=size, seconds=seconds)
        self.stdout.write(_as_json(result) if json else _as_table(result))


def _as_json(result: dict[str, Any]) -> str:
    return json.dumps(result, indent=2)


def _as_table(result: dict[str, Any]) -> str:
    rows = [("", _("measured"), "", _("baseline"), _("ratio"), _("target"), "")]
    for figure in result["figures"]:
        ok = {True: _("ok"), False: _("MISSED"), None: ""}[figure["ok"]]
        numbers = [figure[column] for column in ("baseline", "ratio", "target")]
        rows.append((figure["name"], f"{figure['value']:g}", figure["unit"], *map(_number, numbers), ok))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    machine = ", ".join(f"{key} {value}" for key, value in result["machine"].items())
    return "\n".join([*lines, "", machine])


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
