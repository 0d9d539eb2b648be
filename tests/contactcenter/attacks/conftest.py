"""The desk that is attacked, and who attacks it."""

import pytest

from tests.cast import (
    make_agent,
    make_team,
)
from tests.contactcenter.attacks.helpers import signed_in


@pytest.fixture(autouse=True)
def _alone(valkey, own_folder):
    """Nothing counted by the throttles and no file is left from the test before."""


@pytest.fixture
def desk(maya):
    return signed_in(maya)


@pytest.fixture
def stranger():
    """An agent of another team, at their own desk."""
    return signed_in(make_agent("Kim Lee", team=make_team("Elsewhere")))


@pytest.fixture
def visitor(client, entry_point):
    """A visitor in a conversation: asks as their page would."""

    def ask(method, path, token="", **data):
        headers = {"X-Visitor-Token": token} if token else {}
        return getattr(client, method)(
            f"/visit/{entry_point.key}/{path}", data or None, content_type="application/json", headers=headers
        )

    return ask
