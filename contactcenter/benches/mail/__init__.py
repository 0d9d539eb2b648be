"""Mail through the SMTP door until it rings at somebody, beside aiosmtpd with a handler that only writes a file.

Both are handed the same mails by the same lines, in this run, on this machine. `size` is how many (2,000); five
times as many are handed over while every process, PostgreSQL among them, is killed at random.
"""

import tempfile
import time
from pathlib import Path

from contactcenter.benches import Figure, at_least, at_most
from contactcenter.benches.chat.people import own_database
from contactcenter.benches.mail.centre import mail_centre, open_mailbox
from contactcenter.benches.mail.killing import kill_run_apart
from contactcenter.benches.mail.posting import Posting, letter, wait_until
from contactcenter.benches.servers import python
from interactions.models import Offer

SHARE = 0.25
KILL_RUN = 5  # times as many mails
PATIENCE = 600  # seconds


def run(size: int | None = None, seconds: float | None = None) -> list[Figure]:
    mails = size or 2000
    letters = [(number, letter(number)) for number in range(mails)]
    bare = _written(letters)
    with own_database():
        open_mailbox(mails)
        with (
            tempfile.TemporaryDirectory() as folder,
            mail_centre(Path(folder), ["mail", "router"], VAR_DIR=folder) as centre,
        ):
            stored, offered = _offered(centre.port, letters)
    killed = kill_run_apart(KILL_RUN * mails)
    return [
        Figure("mails", mails, "mails"),
        Figure("stored: SMTP to 250", mails / stored, "mails/s", mails / bare),
        at_least("SMTP to offer committed", mails / offered, "mails/s", baseline=mails / bare, target=SHARE),
        Figure("kill run: mails", killed.mails, "mails"),
        *(Figure(f"kill run: {part} killed", times, "times") for part, times in killed.blows.items()),
        Figure("kill run: deliveries repeated", killed.repeated, "deliveries"),
        at_most("kill run: lost", killed.lost, "mails", target=0),
        at_most("kill run: doubled", killed.doubled, "mails", target=0),
    ]


def _written(letters: list[tuple[int, bytes]]) -> float:
    """How many seconds the bare door takes."""
    with (
        tempfile.TemporaryDirectory() as folder,
        python("-m", "contactcenter.benches.files", "{fd}", folder) as server,
    ):
        return _posted(Posting(server.port, letters))


def _offered(port: int, letters: list[tuple[int, bytes]]) -> tuple[float, float]:
    """Seconds until all were stored, and until all were offered."""
    began = time.perf_counter()
    stored = _posted(Posting(port, letters))
    wait_until(lambda: Offer.objects.count() >= len(letters), PATIENCE)
    return stored, time.perf_counter() - began


def _posted(posting: Posting) -> float:
    began = time.perf_counter()
    posting.start()
    wait_until(lambda: posting.done, PATIENCE)
    return time.perf_counter() - began
