"""What waits to be sent is given to workers. Valkey may forget every job: whatever is due is given out again."""

import logging
import time
from functools import partial
from typing import Any

import django_rq
from django.db import transaction
from redis.exceptions import RedisError
from rq import Queue

from contactcenter.valkey import valkey
from interactions.models.delivery import SEND_WITHIN, Delivery

log = logging.getLogger(__name__)
JOB = "interactions.jobs.deliver"
AT_ONCE = 200  # a round trip for all of them
SILENT_FOR = 10.0  # seconds without Valkey; the router has other things to do
FAILURES_KEPT = 86_400  # seconds

_silent_until = 0.0


def enqueue(pk: int) -> None:
    """Give a delivery that is due to a worker once the transaction is in; if that fails, the sweep does it."""
    transaction.on_commit(partial(_give_out, [pk]))


def sweep() -> int:
    """Give out what has become due, and what a lost job or a dead worker left behind; returns how many."""
    if time.monotonic() < _silent_until:
        return 0
    due = Delivery.objects.take_due(AT_ONCE)
    if due:
        _give_out(due)
    return len(due)


def _give_out(due: list[int]) -> None:
    global _silent_until
    try:
        queue = django_rq.get_queue("default", connection=valkey())
        queue.enqueue_many([_job(pk) for pk in due])
    except RedisError as error:
        _silent_until = time.monotonic() + SILENT_FOR
        log.warning("nobody could be told what is to be sent; it is given out later", extra={"error": str(error)})


def _job(pk: int) -> Any:
    return Queue.prepare_data(
        JOB, (pk,), timeout=int(SEND_WITHIN.total_seconds()), result_ttl=0, failure_ttl=FAILURES_KEPT
    )
