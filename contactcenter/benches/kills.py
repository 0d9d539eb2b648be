"""The kill run of the mail bench on servers of its own, so that PostgreSQL may die too: prints what was lost."""

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import django

from contactcenter import embedded


def main(mails: int) -> None:
    embedded.join()
    django.setup()
    from contactcenter.benches.chat.people import own_database
    from contactcenter.benches.mail.killing import PARTS, kill_run

    with own_database(), tempfile.TemporaryDirectory() as folder:
        json.dump(asdict(kill_run(mails, Path(folder), [*PARTS, "postgresql"])), sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
