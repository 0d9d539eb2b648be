"""One pass of the router."""

import logging

from django.db import connection, transaction
from django.utils import timezone

from interactions.models.offer import Offer
from interactions.routing import PASS_LOCK
from interactions.routing.candidates import free_agents, serve
from interactions.routing.claim import claim
from interactions.routing.heads import heads, waiting_queues
from interactions.routing.match import match

log = logging.getLogger(__name__)


def route() -> list[Offer]:
    """Offer whatever can be offered now. Nothing while another router is in its pass."""
    with transaction.atomic():
        if not _pass_lock():
            return []
        queues = waiting_queues()
        if not queues:
            return []
        now = timezone.now()
        free = free_agents(now)
        if not free:
            return []
        serve(free, queues)
        return claim(match(heads(queues, free, now), free.values(), now), now)


def _pass_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [PASS_LOCK])
        return cursor.fetchone()[0]
