"""`kill -9` of every process at random while mail is handed over: each that got its 250 is one line, and only one."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path

from django.conf import settings
from django.db import Error, connection

from contactcenter.benches.mail.centre import MailCentre, mail_centre, open_mailbox
from contactcenter.benches.mail.posting import Posting, letter, sender
from contactcenter.embedded.server import free
from interactions.models import Email, Interaction, RawMail

PARTS = ("mail", "router", "worker")
PAUSES = (0.5, 3.0)  # seconds between two blows
PATIENCE = 3600  # seconds


@dataclass(frozen=True)
class Outcome:
    mails: int
    blows: dict[str, int]
    repeated: int  # deliveries that had no 250
    lost: int
    doubled: int


def kill_run(mails: int, folder: Path, parts: Sequence[str] = PARTS, pauses: tuple[float, float] = PAUSES) -> Outcome:
    """On the database we are connected to, which is empty; logs go to the folder."""
    open_mailbox(mails)
    blows = dict.fromkeys(parts, 0)
    with mail_centre(folder, PARTS) as centre:
        posting = Posting(centre.port, _letters(mails, blows))
        posting.start()
        _strike(centre, posting, blows, pauses)
        _look_until(centre, _all_read)
    mails = posting.stored
    lines = Counter(Email.objects.values_list("raw__envelope_from", flat=True))
    lost = sum(1 for number in range(mails) if not lines[sender(number)])
    doubled = max(lines.total(), Interaction.objects.count()) - (mails - lost)
    return Outcome(mails, blows, posting.repeated, lost, doubled)


def _letters(mails: int, blows: Mapping[str, int]) -> Iterator[tuple[int, bytes]]:
    """So many, and more until each part was hit while mail was handed over."""
    return ((number, letter(number)) for number in takewhile(lambda n: n < mails or not all(blows.values()), count()))


def kill_run_apart(mails: int) -> Outcome:
    """The same on a PostgreSQL that is nobody else's, and dies like the others."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    done = subprocess.run(
        [sys.executable, "-m", "contactcenter.benches.kills", str(mails)],
        cwd=settings.BASE_DIR,
        env=environment | {"VAR_DIR": str(settings.VAR_DIR / "bench-kills")},
        stdout=subprocess.PIPE,
        check=True,
    )
    return Outcome(**json.loads(done.stdout))


def _strike(centre: MailCentre, posting: Posting, blows: dict[str, int], pauses: tuple[float, float]) -> None:
    """Until all mail is handed over; counts how often each was killed."""
    dice = random.Random()
    while not posting.done:
        _look_until(centre, lambda: not free(centre.port))
        _look_for(centre, dice.uniform(*pauses))
        part = dice.choice([part for part in blows if not blows[part]] or list(blows))
        if part == "postgresql":
            ready = json.loads((settings.VAR_DIR / "postgresql" / "ready").read_text())
            with suppress(ProcessLookupError):  # not up again yet
                os.kill(ready["server"], signal.SIGKILL)
        else:
            centre.kill(part)
        blows[part] += 1


def _look_for(centre: MailCentre, seconds: float) -> None:
    until = time.monotonic() + seconds
    _look_until(centre, lambda: time.monotonic() > until)


def _look_until(centre: MailCentre, true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > until:
            raise TimeoutError(f"not so within {PATIENCE} s")
        centre.supervisor.look()
        time.sleep(0.05)


def _all_read() -> bool:
    try:
        return not RawMail.objects.filter(state=RawMail.State.STORED).exists()
    except Error:
        connection.close()
        return False
