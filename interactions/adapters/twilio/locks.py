"""The lock that every move of a call takes first; a webhook that will move one takes it before it writes anything."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from interactions.models import Call, Interaction


@contextmanager
def held(call: Call) -> Iterator[None]:
    with transaction.atomic():
        Interaction.locked.get(call.interaction_id)
        yield
