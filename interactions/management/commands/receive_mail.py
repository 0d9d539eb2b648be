"""`manage.py receive_mail --entry KEY < message.eml`: one mail by the one path, and in JSON what became of it."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from interactions.adapters.email.intake import Outcome, process
from interactions.adapters.email.store import store
from interactions.models import EntryPoint, RawMail


class Command(BaseCommand):
    help = "Take in one mail from standard input; print what became of it as one JSON line."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--entry", required=True, metavar="KEY", help="the entry point it is for")
        parser.add_argument("--from", dest="sender", default="", help="the envelope's sender")
        parser.add_argument("--to", nargs="*", default=[], help="the envelope's recipients")

    def handle(self, *args: Any, **options: Any) -> None:
        doors = EntryPoint.objects.filter(channel="email")
        entry_point = doors.filter(key=options["entry"]).first()
        if entry_point is None:
            known = ", ".join(doors.values_list("key", flat=True)) or "none yet"
            raise CommandError(f"No entry point for mail has the key {options['entry']!r}. There are: {known}")
        row = store(
            sys.stdin.buffer.read(),
            entry_point=entry_point,
            door=RawMail.Door.COMMAND,
            envelope_from=options["sender"],
            envelope_to=options["to"],
        )
        self.stdout.write(json.dumps(as_data(process(row.pk)), ensure_ascii=False))


def as_data(outcome: Outcome) -> dict[str, Any]:
    """What the mail said and what became of it."""
    row, mail = outcome.row, outcome.mail
    became = {"action": row.action, "interaction": row.interaction_id, "why": row.why}
    if mail is None:
        said: dict[str, Any] = {"from": row.sender, "name": "", "to": [], "cc": [], "subject": row.subject}
        return became | said | {"text": "", "reply": "", "html": "", "attachments": []}
    return became | {
        "from": mail.from_address,
        "name": mail.from_name,
        "to": mail.to,
        "cc": mail.cc,
        "subject": mail.subject,
        "text": mail.text,
        "reply": mail.reply,
        "html": mail.html,
        "attachments": [
            {"name": one.name, "type": one.type, "size": one.size, "md5": one.md5, "cid": one.cid}
            for one in mail.attachments
        ],
    }
