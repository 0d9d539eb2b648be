"""Reads what was stored: what this process took in at once and in order, what others left behind a little later."""

import logging
import threading
from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from interactions.adapters.email.crowds import process_all
from interactions.adapters.email.intake import process, set_apart

log = logging.getLogger(__name__)
LOOKS_EVERY = 5.0  # seconds
LEFT_BEHIND_AFTER = timedelta(seconds=60)  # whoever stored it would have read it by now
MOST_AT_ONCE = 50
MOST_TRIES = 6  # then it is the mail itself that ends the process

CLAIM = """
    update interactions_rawmail set tries = tries + 1, tried_at = %s where id in (
        select id from interactions_rawmail where state = 'stored' and tried_at < %s
            and (tries > 1) = %s
        order by tried_at limit %s for update skip locked
    ) returning id, tries
"""


class Reader(threading.Thread):
    """In the order in which they were stored, so that an answer is never read before what it answers."""

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
        self._news.set()
        before: datetime | None = timezone.now()  # who was here before us is gone, or glad of our help
        while not self._stopping.is_set():
            self._news.wait(LOOKS_EVERY)
            self._news.clear()
            try:
                self._read_new()
                while not self._stopping.is_set() and read_left_behind(before):
                    pass
                before = None
            except (InterfaceError, OperationalError) as error:
                log.warning("database lost; what is stored is read later", extra={"error": str(error)})
                before = timezone.now()
                self._stopping.wait(1)
            except Exception:
                log.exception("reading mail failed; it is tried again")
            finally:
                connection.close()

    def _read_new(self) -> None:
        while self._new and not self._stopping.is_set():
            process_all([self._new.popleft() for _ in range(min(len(self._new), MOST_AT_ONCE))])


def read_left_behind(before: datetime | None = None) -> bool:
    """Mails that a process did not live to read, or all stored `before` then; whether there were any.

    Those that were tried already go last and one by one: it may be such a mail that ends whoever reads it.
    """
    now = timezone.now()
    before = before or now - LEFT_BEHIND_AFTER
    if new := _claim(now, before, again=False, at_most=MOST_AT_ONCE):
        process_all([pk for pk, _tries in new])
        return True
    for pk, tries in (again := _claim(now, before, again=True, at_most=1)):
        if tries > MOST_TRIES:
            set_apart(pk, why="it was tried too often")
        else:
            process(pk)
    return bool(again)


def _claim(now: datetime, before: datetime, *, again: bool, at_most: int) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [now, before, again, at_most])
        return sorted(cursor.fetchall())
