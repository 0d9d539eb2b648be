"""Looks after the mailboxes on other servers: one line to each, in one process; all others stand by."""

import logging
import threading
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import Error, connection
from imapclient.exceptions import IMAPClientError

from contactcenter.sealed import Unreadable
from interactions.adapters.email.imap import watch
from interactions.models import Mailbox

log = logging.getLogger(__name__)
FETCH_LOCK = 7_240_003  # session lock of the one process that fetches
LOOKS_AROUND_EVERY = 5.0  # seconds: which mailboxes there are, and whether the lock is still ours
FIRST_BACK_OFF, LONGEST_BACK_OFF = 1.0, 300.0  # seconds


class Fetching(threading.Thread):
    """Holds the lock, and a watcher for each mailbox that is to be fetched."""

    def __init__(self, take: Callable[[list[int]], None]) -> None:
        super().__init__(name="mail fetching")
        self.take, self.stopping = take, threading.Event()
        self.watchers: dict[int, Watcher] = {}

    def stop(self) -> None:
        self.stopping.set()
        self.join()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                with self._line() as line:
                    self._serve(line)
            except (psycopg.Error, Error) as error:
                log.warning("database lost, trying again", extra={"error": str(error)})
            finally:
                self._end(list(self.watchers))
                connection.close()
            self.stopping.wait(FIRST_BACK_OFF)

    def _serve(self, line: psycopg.Connection) -> None:
        while not self._active(line):
            if self.stopping.wait(LOOKS_AROUND_EVERY):
                return
        log.info("mailboxes are fetched here")
        while not self.stopping.is_set():
            line.execute("select 1")  # notices a dead connection, and with it the lost lock
            wanted = {mailbox.pk: mailbox for mailbox in Mailbox.objects.fetched()}
            connection.close()
            self._end([pk for pk, watcher in self.watchers.items() if not watcher.serves(wanted.get(pk))])
            for pk, mailbox in wanted.items():
                if pk not in self.watchers:
                    self.watchers[pk] = Watcher(mailbox, self.take)
                    self.watchers[pk].start()
            self.stopping.wait(LOOKS_AROUND_EVERY)

    def _end(self, pks: list[int]) -> None:
        for pk in pks:
            self.watchers[pk].stopping.set()
        for pk in pks:
            self.watchers.pop(pk).join()

    def _active(self, line: psycopg.Connection) -> bool:
        row = line.execute("select pg_try_advisory_lock(%s)", [FETCH_LOCK]).fetchone()
        return bool(row and row[0])

    def _line(self) -> psycopg.Connection:
        """A connection of its own: it holds the lock for as long as it lives."""
        params = connection.get_connection_params()
        for name in ("pool", "cursor_factory", "context"):
            params.pop(name, None)
        return psycopg.connect(**params, autocommit=True)


class Watcher(threading.Thread):
    """One mailbox: what goes wrong is written to it, and tried again ever later."""

    def __init__(self, mailbox: Mailbox, take: Callable[[list[int]], None]) -> None:
        super().__init__(name=f"mailbox {mailbox.address}", daemon=True)
        self.mailbox, self.take, self.stopping = mailbox, take, threading.Event()
        self.settings = _settings_of(mailbox)

    def serves(self, mailbox: Mailbox | None) -> bool:
        """Whether it still is what the administrator wants."""
        return mailbox is not None and self.is_alive() and _settings_of(mailbox) == self.settings

    def run(self) -> None:
        back_off = FIRST_BACK_OFF
        while not self.stopping.is_set():
            before = self.mailbox.looked_at
            try:
                watch(self.mailbox, self.take, self.stopping.is_set)
            except (OSError, IMAPClientError, Unreadable, ValueError, Error) as error:
                self._say(error)
            except Exception as error:
                log.exception("fetching mail failed", extra={"mailbox": self.mailbox.address})
                self._say(error)
            finally:
                connection.close()
            # A line that worked for a while and broke is taken up again at once.
            back_off = FIRST_BACK_OFF if self.mailbox.looked_at != before else min(back_off * 2, LONGEST_BACK_OFF)
            self.stopping.wait(back_off)

    def _say(self, error: Exception) -> None:
        log.warning("mailbox not reached", extra={"mailbox": self.mailbox.address, "error": str(error)})
        try:
            Mailbox.objects.filter(pk=self.mailbox.pk).update(trouble=str(error).replace("\0", "")[:300] or "?")
            self.mailbox.refresh_from_db(fields=["uid_validity", "last_uid"])
        except Error:
            log.warning("database lost, trying again")


def _settings_of(mailbox: Mailbox) -> dict[str, Any]:
    """What a watcher works by."""
    ours = ("imap_", "oauth_", "address", "entry_point_id")
    return {name: value for name, value in vars(mailbox).items() if name.startswith(ours)}
