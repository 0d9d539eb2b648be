"""The mailbox of everybody outside, for the demo."""

import asyncio
import signal
from functools import partial
from typing import Any

from aiosmtpd.smtp import SMTP
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from interactions.demo_mail.sink import Sink


class Command(BaseCommand):
    help = "Keep the mail we send where /demo/mail/ shows it; `make demo` starts it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_MAIL_DIR:
            raise CommandError("This runs under `make demo` only.")
        asyncio.run(self.listen(options["port"]))

    async def listen(self, port: int) -> None:
        loop, asked_to_end = asyncio.get_running_loop(), asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, asked_to_end.set)
        line = partial(SMTP, Sink(), data_size_limit=settings.MAIL_MAX_BYTES, ident="Demo mailbox", loop=loop)
        server = await loop.create_server(line, "127.0.0.1", port)
        await asked_to_end.wait()
        server.close()
