"""Reads what was stored: what this process took in at once and in order, what others left behind a little later."""

import logging
import threading
from collections import deque
from collections.abc import Iterable
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from interactions.adapters.email.intake import process, set_apart

log = logging.getLogger(__name__)
LOOKS_EVERY = 5.0  # seconds
LEFT_BEHIND_AFTER = timedelta(seconds=60)  # whoever stored it would have read it by now
MOST_TRIES = 3  # then it may be the mail itself that ends the process

CLAIM = """
    update interactions_rawmail set tries = tries + 1, tried_at = %s where id = (
        select id from interactions_rawmail where state = 'stored' and tried_at < %s
        order by tried_at limit 1 for update skip locked
    ) returning id, tries
"""


class Reader(threading.Thread):
    """One mail after the other, so that an answer is never read before what it answers."""

    def __init__(self) -> None:
        super().__init__(name="mail reader")
        self._new: deque[int] = deque()
        self._news, self._stopping = threading.Event(), threading.Event()

    def take(self, ids: Iterable[int]) -> None:
        """These were stored just now; called from any thread."""
        self._new.extend(ids)
        self._news.set()

    def stop(self) -> None:
        """After the mail it is at; the rest is safe, and read by the next process."""
        self._stopping.set()
        self._news.set()
        self.join()

    def run(self) -> None:
        while not self._stopping.is_set():
            self._news.wait(LOOKS_EVERY)
            self._news.clear()
            try:
                self._read_new()
                while not self._stopping.is_set() and read_left_behind():
                    pass
            except (InterfaceError, OperationalError) as error:
                log.warning("database lost; what is stored is read later", extra={"error": str(error)})
                self._stopping.wait(1)
            except Exception:
                log.exception("reading mail failed; it is tried again")
            finally:
                connection.close()

    def _read_new(self) -> None:
        while self._new and not self._stopping.is_set():
            process(self._new.popleft())


def read_left_behind() -> bool:
    """One mail that a process stored and did not live to read; whether there was one."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [now, now - LEFT_BEHIND_AFTER])
        found = cursor.fetchone()
    if found is None:
        return False
    pk, tries = found
    if tries > MOST_TRIES:
        set_apart(pk, why="it was tried too often")
    else:
        process(pk)
    return True
