"""A database of our own for the length of a bench, with a team at work in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from typing import Any, cast
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

from agents.models import Agent, Person, Team
from agents.models.capacity import FULL
from interactions.models import EntryPoint, Membership, Queue

ENTRY = "bench"
CHATS_PER_AGENT = 4


@contextmanager
def own_database() -> Iterator[None]:
    """Beside the one we were given, so that its data neither counts nor suffers."""
    given, database = connection.settings_dict["NAME"], cast(Any, connection)
    database.close()
    database.close_pool()  # or it would go on handing out connections to that one
    connection.settings_dict["TEST"]["NAME"] = f"bench_{uuid4().hex[:12]}"
    connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(given, verbosity=0)


def open_doors(amount: int, channel: str = "chat", each: int = CHATS_PER_AGENT) -> list[str]:
    """An entry point, its queue, and enough agents for so many chats or calls at once; returns the agents' sessions."""
    team = Team.objects.create(name="Bench")
    queue = Queue.objects.create(name="Bench")
    queue.offer_rules.create(channel=channel, rings_for=timedelta(minutes=2))
    Membership.objects.create(queue=queue, team=team)
    EntryPoint.objects.create(name="Bench", key=ENTRY, queue=queue, prechat=[], calls=True)
    return [_at_work(f"Agent {number}", team, channel, each) for number in range(-(-amount // each))]


def _at_work(name: str, team: Team, channel: str, each: int) -> str:
    person = Person.objects.create(username=name.replace(" ", "-").lower(), name=name)
    agent = Agent.objects.create(person=person, team=team, status=Agent.Status.AVAILABLE)
    agent.capacities.create(channel=channel, maximum=each, units=FULL // each, phone_passed=True)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)
