"""`manage.py replay`: a past day again under other rules, in virtual time."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from interactions.replay.changes import Unfit
from interactions.replay.run import NoSuchDay, Replay, Row, replay
from interactions.replay.words import COLUMNS, in_words, off_by, trust


class Command(BaseCommand):
    help = (
        "Run a past day's arrivals under the rules it had and under changed ones, and show both beside what really "
        'happened. CHANGES is a file as {"queues": {"Support": {"strategy": "least_occupied", "overflow_after": 20}}}, '
        'with {"more_agents": {"Support": 2}} if wanted; - for standard input.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, required=True, help="2026-03-02")
        parser.add_argument(
            "--with", dest="changes", metavar="CHANGES", help="without it, only how well a replay tells"
        )
        parser.add_argument("--runs", type=int, help="how often, with other dice; small days 20 times by themselves")
        parser.add_argument("--json", action="store_true", help="print JSON, shares 0-1, times in seconds")

    def handle(self, *args: Any, **options: Any) -> None:
        changes = self._read(options["changes"]) if options["changes"] else {}
        if options["runs"] is not None and not 1 <= options["runs"] <= 1000:
            raise CommandError(_("--runs: 1 to 1000."))
        try:
            found = replay(options["date"], changes, tell=self._tell, runs=options["runs"])
        except Unfit as unfit:
            for reason in unfit.reasons:
                self.stderr.write(str(reason))
            sys.exit(1)
        except NoSuchDay as error:
            raise CommandError(str(error)) from error
        if self.stderr.isatty():
            self.stderr.write("\r", ending="")
        self.stdout.write(json.dumps(found.as_json(), ensure_ascii=False) if options["json"] else as_table(found))

    def _read(self, file: str) -> Any:
        try:
            return json.loads(sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise CommandError(_("%(file)s cannot be read: %(error)s") % {"file": file, "error": error}) from error

    def _tell(self, share: float) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{share:4.0%} ", ending="")


def as_table(found: Replay) -> str:
    lines = [_("%(day)s, run %(runs)d times") % {"day": found.day, "runs": found.runs}]
    lines += [f"  {change}" for change in found.changes] or ["  " + _("nothing changed")]
    for row in [*found.rows, found.all]:
        lines += ["", row.name or _("All queues"), *_rows(row)]
    lines += ["", f"{off_by(found.all)} {trust(found.all).words}", *found.notes]
    return "\n".join(lines)


def _rows(row: Row) -> list[str]:
    kinds = ((_("really"), row.real), (_("replayed"), row.unchanged), (_("changed"), row.changed))
    cells = [["", *(str(name) for name, _column in COLUMNS)]]
    cells += [[name, *in_words(figures)] for name, figures in kinds]
    widths = [max(len(line[n]) for line in cells) for n in range(len(cells[0]))]
    return ["  " + "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells]
