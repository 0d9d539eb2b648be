"""The administrator's desk."""

import pytest
from django.test import Client

from agents.models import Person


@pytest.fixture
def office(client: Client, admin: Person) -> Client:
    """A browser in which the administrator is signed in."""
    client.force_login(admin)
    return client


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The groups whose screens were told to connect again."""
    groups: list[str] = []
    monkeypatch.setattr("agents.models.person.push", lambda group, event: groups.append(group))
    return groups
