"""An open screen lasts no longer than the right to it: asked anew every few seconds, should the push have been lost.

One round for all screens of this web process. A screen that is dropped connects again, and finds the door as it is now.
"""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.contrib.sessions.models import Session
from django.db import Error
from django.utils import timezone

from agents.models import Person
from contactcenter.realtime import Screen, in_db

log = logging.getLogger(__name__)
EVERY = 3.0  # seconds
ASK_AGAIN = 4000  # close code


class Right(NamedTuple):
    """What somebody came in with; no longer theirs once anything of it is different."""

    person: int
    active: bool
    role: str
    password: str
    session: str | None

    @classmethod
    def of(cls, scope: Any) -> "Right":
        person, session = scope["user"], scope.get("session")
        return cls(person.pk, person.is_active, person.role, person.password, session and session.session_key)


def still_given(rights: Iterable[Right]) -> set[Right]:
    """Those of the rights that are as they were: nobody deactivated, signed out, or with another password or role."""
    rights = set(rights)
    people = Person.objects.filter(pk__in={right.person for right in rights}, is_active=True)
    known = set(people.values_list("pk", "is_active", "role", "password"))
    keys = {right.session for right in rights} - {None}
    live = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    sessions = {None, *live.values_list("session_key", flat=True)}
    return {right for right in rights if right[:-1] in known and right.session in sessions}


class Watch:
    def __init__(self) -> None:
        self.screens: dict[Screen, Right] = {}
        self._rounds: asyncio.Task[None] | None = None

    def add(self, screen: Screen) -> None:
        """This screen of a signed-in person is open."""
        self.screens[screen] = Right.of(screen.scope)
        if self._rounds is None or self._rounds.done():
            self._rounds = asyncio.get_running_loop().create_task(self._go_round())

    def remove(self, screen: Screen) -> None:
        self.screens.pop(screen, None)

    async def _go_round(self) -> None:
        while self.screens:
            await asyncio.sleep(EVERY)
            try:
                await self.look()
            except Error as error:
                log.warning("open screens could not be checked, trying again", extra={"error": str(error)})

    async def look(self) -> None:
        held = dict(self.screens)
        given = await in_db(still_given, held.values())
        for screen, right in held.items():
            if right not in given:
                self.remove(screen)
                screen.drop(ASK_AGAIN)


_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, Watch] = WeakKeyDictionary()


def get_watch() -> Watch:
    """The watch of the running loop, which in a web process is the only one."""
    return _watches.setdefault(asyncio.get_running_loop(), Watch())
