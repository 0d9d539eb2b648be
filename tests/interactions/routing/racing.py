"""What races are made of: a pass in its parts, rows as another process reads them, and how a race is lost."""

import pytest
from django.db import transaction
from django.utils import timezone

from agents.errors import StaleState
from interactions.routing.claim import claim
from interactions.routing.heads import heads
from interactions.routing.load import load_pool
from interactions.routing.match import match
from tests.cast import numbers_of


def again(row):
    """The same row as another process would have read it."""
    return type(row).objects.get(pk=row.pk)


def found_matches():
    """A pass up to the point where it has read and matched, and not yet locked anything."""
    now = timezone.now()
    pool = load_pool(now)
    return match(heads(pool.lines, pool, now), pool, now)


def claim_now(matches):
    with transaction.atomic():
        return claim(matches, timezone.now())


def refused(future):
    with pytest.raises(StaleState):
        future.result(30)


def assert_whole(interaction):
    assert numbers_of(interaction) == list(range(1, again(interaction).last_seq + 1))
