"""The mail process: listens for SMTP or LMTP, looks into mailboxes on other servers, reads what was taken in."""

import asyncio
import logging
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from interactions.adapters.email.fetching import Fetching
from interactions.adapters.email.reader import Reader
from interactions.adapters.email.smtp import Door

log = logging.getLogger(__name__)
LAST_WORDS = 5.0  # seconds for who is in the middle of handing over a mail


class Command(BaseCommand):
    help = "Take mail in. Any number may listen; of those that fetch from IMAP servers one does, the others stand by."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.MAIL_IN_HOST)
        parser.add_argument("--port", type=int, default=settings.MAIL_IN_PORT)
        parser.add_argument("--lmtp", action="store_true", help="speak LMTP, for a mail server in the house")

    def handle(self, *args: Any, **options: Any) -> None:
        reader, fetching = Reader(), None
        reader.start()
        try:
            fetching = Fetching(reader.take)
            fetching.start()
            asyncio.run(self.listen(Door(reader.take, lmtp=options["lmtp"]), options["host"], options["port"]))
        finally:
            if fetching:
                fetching.stop()
            reader.stop()

    async def listen(self, door: Door, host: str, port: int) -> None:
        loop, asked_to_end = asyncio.get_running_loop(), asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, asked_to_end.set)
        server = await loop.create_server(door.protocol, host, port, backlog=1024)
        log.info("mail is taken in", extra={"host": host, "port": port})
        await asked_to_end.wait()
        server.close()
        await door.say_goodbye(LAST_WORDS)
