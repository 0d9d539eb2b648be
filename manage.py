#!/usr/bin/env python
"""Django's command line; every command finds its database and Valkey by itself (contactcenter.embedded)."""

import os
import sys

from contactcenter import embedded

# They need neither database nor Valkey.
NO_SERVERS = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "help",
    "makemessages",
    "simulate",
    "startapp",
    "version",
}


def tell(server: str) -> None:
    """Whoever waits at a terminal sees what for."""
    if sys.stderr.isatty() or sys.argv[1] == "demo":
        sys.stderr.write(f"  Starting the embedded {server} ...\n")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcenter.settings")
    from django.core.management import execute_from_command_line

    if len(sys.argv) > 1 and sys.argv[1] not in NO_SERVERS and not sys.argv[1].startswith("-"):
        try:
            embedded.join(tell)
        except embedded.EmbeddedError as error:
            sys.exit(f"{error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
