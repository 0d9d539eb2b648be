"""`manage.py customers`: people who chat with the centre, over its public address only."""

import asyncio
import random
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from interactions.customers.day import Day
from interactions.customers.people import WANTS


class Command(BaseCommand):
    help = "Simulated customers: they open chats, wait, answer, leave, rate and come back."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--base-url", "--url", default="http://127.0.0.1:8000", help="where the centre is")
        parser.add_argument("--entry", nargs="+", default=list(WANTS), metavar="KEY", help="entry points to come by")
        parser.add_argument("--customers-per-minute", type=float, default=6)
        parser.add_argument("--customers", type=int, help="stop after so many; without it they keep coming")
        parser.add_argument("--seed", type=int, help="the same customers again")
        parser.add_argument("--pace", type=float, default=1, help="2: everybody twice as fast")

    def handle(self, *args: Any, **options: Any) -> None:
        day = Day(
            options["base_url"],
            options["entry"],
            per_minute=max(options["customers_per_minute"] * options["pace"], 1e-6),
            dice=random.Random(options["seed"]),
            tell=self.stdout.write,
            pace=options["pace"],
        )
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            asyncio.run(day.run(options["customers"]))
        except KeyboardInterrupt:
            self.stdout.write("The customers go home.")
