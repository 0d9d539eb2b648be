import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agents.models import Person
from interactions.models import RulesVersion
from interactions.rules.doubts import doubts
from interactions.rules.merge import without_ids
from interactions.rules.snapshot import snapshot
from interactions.rules.versions import Plan, Refused, apply, plan


class Command(BaseCommand):
    help = "Routing rules as a file: `rules export > rules.json`, `rules import [--check] rules.json`."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        export = actions.add_parser("export", help="write the rules as JSON")
        export.add_argument("--version-number", type=int, metavar="N", help="of that version instead of the present")
        importing = actions.add_parser("import", help="make them the rules, as a version; exit 1 if refused")
        importing.add_argument("file", help="- for standard input")
        importing.add_argument("--check", action="store_true", help="only say what would change, or why it is refused")
        importing.add_argument("--by", metavar="USERNAME", help="whose change it is")
        importing.add_argument("--note", default="", help="what it is for; without one, what it changes")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "export":
            self.export(options["version_number"])
        else:
            self.take(**{name: options[name] for name in ("file", "check", "by", "note")})

    def export(self, number: int | None) -> None:
        rules = snapshot()
        if number is not None:
            version = RulesVersion.objects.filter(pk=number).first()
            if version is None:
                raise CommandError(f"There is no version {number}.")
            rules = version.rules
        self.stdout.write(json.dumps(without_ids(rules), indent=2, ensure_ascii=False))

    def take(self, *, file: str, check: bool, by: str | None, note: str) -> None:
        person = Person.objects.filter(username=by).first()
        if by and person is None:
            raise CommandError(f"There is nobody called {by}.")
        rules = self._read(file)
        if check:
            planned = plan(rules, snapshot())
        else:
            try:
                planned = apply(rules, by=person, note=note)
            except Refused as refused:
                planned = Plan({}, {}, [], refused.reasons)
        if planned.refused:
            for reason in planned.refused:
                self.stderr.write(str(reason))
            sys.exit(1)
        self._tell(planned)

    def _read(self, file: str) -> Any:
        try:
            return json.loads(sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error

    def _tell(self, planned: Plan) -> None:
        for gone in planned.gone:
            self.stdout.write(f"left out, since it is not there: {gone}")
        for doubt in doubts(planned.result):
            self.stdout.write(f"look at {doubt}")
        for change in planned.changes:
            self.stdout.write(str(change))
        if not planned.changes:
            self.stdout.write("Nothing differs.")
