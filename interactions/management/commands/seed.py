from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from interactions.seed import LOGINS, plant


class Command(BaseCommand):
    help = "Build the believable centre of the demo: queues, people, customers and two weeks of history."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--ask-password", action="store_true", help="ask for one password for its logins")

    def handle(self, *args: Any, **options: Any) -> None:
        password = getpass("Password for all logins: ") if options["ask_password"] else None
        if plant(password=password):
            self.stdout.write(f"The centre is there. Logins: {', '.join(LOGINS)}.")
            if not password:
                self.stdout.write("Nobody has a password yet: manage.py changepassword NAME")
        else:
            self.stdout.write("The centre was there already; nothing changed.")
