"""Work for a worker once the transaction is in. With Valkey away it is not told; the sweep of each minute finds it."""

import logging
from functools import partial
from typing import Any

import django_rq
from django.db import transaction
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def later(job: str, *args: Any) -> None:
    """`job` is a name in interactions/jobs.py."""
    transaction.on_commit(partial(_give_out, job, args), robust=True)


def _give_out(job: str, args: tuple[Any, ...]) -> None:
    try:
        django_rq.get_queue("default").enqueue(f"interactions.jobs.{job}", *args, result_ttl=0)
    except RedisError as error:
        log.warning("nobody could be told what is to be done; it is done later", extra={"error": str(error)})
