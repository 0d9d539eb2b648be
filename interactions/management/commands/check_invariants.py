import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from interactions.invariants import RULES, broken


class Command(BaseCommand):
    help = "Check every promise the data has to keep; exit 1 when one is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help='{"checked": …, "broken": [{"rule", "id", "why", "repair"}]}'
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = broken()
        if options["json"]:
            self.stdout.write(json.dumps({"checked": len(RULES), "broken": [row.as_dict() for row in found]}, indent=2))
        else:
            for row in found:
                self.stdout.write(f"{row.rule} {row.id}: {row.why}\n    {row.repair}")
            self.stdout.write(f"{len(RULES)} rules checked, {len(found)} rows break one.")
        if found:
            sys.exit(1)
