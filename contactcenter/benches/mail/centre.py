"""A contact centre that takes mail in, as in production, on the database we are connected to."""

import os
import random
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from agents.models import Agent, Capacity, Lease, Person, Team
from agents.models.capacity import FULL, MOST
from contactcenter.benches.mail.posting import TO, wait_until
from contactcenter.benches.router.process import active, database_url
from contactcenter.embedded.server import PORTS, free
from contactcenter.supervise import Child, Supervisor
from interactions.models import EntryPoint, Mailbox, Membership, Queue

START_WITHIN = 30  # seconds


def open_mailbox(mails: int) -> None:
    """A mailbox, its queue, and enough agents at their desks for so many mails at once."""
    team = Team.objects.create(name="Bench")
    queue = Queue.objects.create(name="Bench")
    queue.offer_rules.create(channel="email", rings_for=timedelta(minutes=30))
    Membership.objects.create(queue=queue, team=team)
    entry_point = EntryPoint.objects.create(name="Bench", key="bench", channel="email", queue=queue)
    Mailbox.objects.create(entry_point=entry_point, address=TO)
    count, now = mails // MOST + 1, timezone.now()
    people = Person.objects.bulk_create(Person(username=f"agent-{n}", name=f"Agent {n}") for n in range(count))
    agents = Agent.objects.bulk_create(Agent(person=person, team=team, status="available") for person in people)
    Lease.objects.bulk_create(
        Lease(agent=agent, connection=uuid4(), expires_at=now + timedelta(days=1)) for agent in agents
    )
    Capacity.objects.bulk_create(
        Capacity(agent=agent, channel="email", maximum=MOST, units=FULL // MOST) for agent in agents
    )


class MailCentre:
    """Its processes by name, supervised."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder, self.environment = folder, environment
        self.port = next(port for port in random.sample(PORTS, len(PORTS)) if free(port))
        self.supervisor = Supervisor(lambda _: None)

    def start(self, parts: Iterable[str]) -> None:
        words = {"mail": ["mail", "--port", str(self.port)], "router": ["router"], "worker": ["rqworker", "default"]}
        for name in parts:
            self._add(name, *words[name])
        wait_until(lambda: not free(self.port) and active(), START_WITHIN)

    def kill(self, name: str) -> None:
        """kill -9, without a word; it is back as soon as it can."""
        child = next(child for child in self.supervisor.children if child.name == name)
        if child.process:
            child.process.kill()
        child.deaths = 0

    def _add(self, name: str, *words: str) -> None:
        ours = {
            "DATABASE_URL": database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", settings.SETTINGS_MODULE),
        }
        manage = str(Path(settings.BASE_DIR) / "manage.py")
        command = [sys.executable, manage, *words]
        self.supervisor.add(Child(name, command, os.environ | ours | self.environment, self.folder / f"{name}.log"))


@contextmanager
def mail_centre(folder: Path, parts: Iterable[str], **environment: str) -> Iterator[MailCentre]:
    centre = MailCentre(folder, **environment)
    try:
        centre.start(parts)
        yield centre
    finally:
        centre.supervisor.stop()
