"""`manage.py customers`: people who chat with the centre and write to it, by its public doors only."""

import asyncio
import random
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from interactions.customers.day import Day
from interactions.customers.letters import Letters
from interactions.customers.people import WANTS

MAILS_PER_CHAT = 0.3


class Command(BaseCommand):
    help = "Simulated customers: they open chats, wait, answer, leave, rate and come back; some write mail."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--base-url", "--url", default="http://127.0.0.1:8000", help="where the centre is")
        parser.add_argument("--entry", nargs="+", default=list(WANTS), metavar="KEY", help="entry points to come by")
        parser.add_argument(
            "--mail-to", nargs="+", default=[], metavar="ADDRESS", help="in the demo: also write mail to"
        )
        parser.add_argument("--customers-per-minute", type=float, default=6)
        parser.add_argument("--customers", type=int, help="stop after so many; without it they keep coming")
        parser.add_argument("--seed", type=int, help="the same customers again")
        parser.add_argument("--pace", type=float, default=1, help="2: everybody twice as fast")

    def handle(self, *args: Any, **options: Any) -> None:
        dice, per_minute = random.Random(options["seed"]), options["customers_per_minute"] * options["pace"]
        day = Day(
            options["base_url"],
            options["entry"],
            per_minute=max(per_minute, 1e-6),
            dice=dice,
            tell=self.stdout.write,
            pace=options["pace"],
        )
        letters = Letters(
            options["mail_to"],
            per_minute=max(per_minute * MAILS_PER_CHAT, 1e-6),
            dice=random.Random(options["seed"]),
            tell=self.stdout.write,
        )
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            asyncio.run(self.come(day, letters, options["customers"]))
        except KeyboardInterrupt:
            self.stdout.write("The customers go home.")

    async def come(self, day: Day, letters: Letters, customers: int | None) -> None:
        writing = asyncio.create_task(letters.run()) if letters.to else None
        try:
            await day.run(customers)
        finally:
            if writing:
                writing.cancel()
