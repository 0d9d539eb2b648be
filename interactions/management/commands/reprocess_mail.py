"""`manage.py reprocess_mail`: read again what was stored and not read, or could not be."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from interactions.adapters.email.intake import process
from interactions.models import RawMail


class Command(BaseCommand):
    help = "Read stored mail again: all that was never read, with --failed also what could not be, or the ones named."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ids", nargs="*", type=int, metavar="ID")
        parser.add_argument("--failed", action="store_true", help="also what could not be read")

    def handle(self, *args: Any, **options: Any) -> None:
        states = [RawMail.State.STORED, RawMail.State.FAILED] if options["failed"] else [RawMail.State.STORED]
        wanted = (
            RawMail.objects.filter(pk__in=options["ids"])
            if options["ids"]
            else RawMail.objects.filter(state__in=states)
        )
        for pk in list(wanted.order_by("pk").values_list("pk", flat=True)):
            row = process(pk).row
            self.stdout.write(f"{pk}: {row.get_action_display()}, interaction {row.interaction_id or '–'}")
