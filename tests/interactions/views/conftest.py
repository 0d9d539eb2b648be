import pytest
from django.test import Client

from agents.models import Agent


class Desk(Client):
    """A signed-in browser with htmx: asks for parts, from the desk."""

    def __init__(self, agent: Agent) -> None:
        super().__init__(headers={"HX-Request": "true", "HX-Request-Type": "partial"})
        self.force_login(agent.person)


@pytest.fixture
def desk(maya: Agent) -> Desk:
    return Desk(maya)


@pytest.fixture
def omars_desk(omar: Agent) -> Desk:
    return Desk(omar)
