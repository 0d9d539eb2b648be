"""The two sessions of a race."""

import pytest

from tests.interleaving import sessions


@pytest.fixture
def one_and_two():
    with sessions("one", "two") as opened:
        yield opened


@pytest.fixture
def one(one_and_two):
    return one_and_two[0]


@pytest.fixture
def two(one_and_two):
    return one_and_two[1]
