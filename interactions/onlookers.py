"""Who has an interaction open right now and who writes in it: nobody answers a mail without knowing of the other.

Kept in Valkey alone and for a few seconds beyond the last sign of life: nothing depends on it but what is shown. That
nobody answers twice is the promise of the verb that sends.
"""

import logging
import time
from collections.abc import Iterable

from redis.exceptions import RedisError

from agents.models import Agent
from contactcenter.valkey import valkey

log = logging.getLogger(__name__)
LOOKS_FOR, WRITES_FOR = 25, 6  # seconds beyond the last sign; a desk gives one every ten, a writer every two
MOST = 50


def looks(interaction: int, agent: int, *, writes: bool = False) -> dict[int, bool]:
    """Note this sign of life; whoever else is there, and whether they write. Nobody while Valkey is away."""
    now = time.time()
    try:
        with valkey().pipeline(transaction=False) as pipe:
            for key, life in ((_key("looking", interaction), LOOKS_FOR), (_key("writing", interaction), WRITES_FOR)):
                if life == LOOKS_FOR or writes:
                    pipe.zadd(key, {str(agent): now + life})
                pipe.expire(key, LOOKS_FOR)
            _read(pipe, interaction, now)
            found = pipe.execute()
    except (RedisError, OSError) as error:
        log.warning("who is looking is not being noted", extra={"error": str(error)})
        return {}
    return _others(found, but=agent)


def leaves(interaction: int, agent: int) -> dict[int, bool]:
    """This agent has closed it, or opened another; whoever else is still there."""
    try:
        with valkey().pipeline(transaction=False) as pipe:
            for what in ("looking", "writing"):
                pipe.zrem(_key(what, interaction), str(agent))
            _read(pipe, interaction, time.time())
            found = pipe.execute()
    except (RedisError, OSError) as error:
        log.warning("who is looking is not being noted", extra={"error": str(error)})
        return {}
    return _others(found, but=agent)


def others(interaction: int, but: int) -> dict[int, bool]:
    """Whoever is there besides this agent, and whether they write."""
    try:
        with valkey().pipeline(transaction=False) as pipe:
            _read(pipe, interaction, time.time())
            return _others(pipe.execute(), but=but)
    except (RedisError, OSError):
        return {}


def named(found: dict[int, bool]) -> list[tuple[Agent, bool]]:
    """For the screen: who writes first, then by name."""
    agents = Agent.objects.select_related("person").filter(pk__in=found).order_by("person__name")
    return sorted(((agent, found[agent.pk]) for agent in agents), key=lambda one: not one[1])


def _key(what: str, interaction: int) -> str:
    return f"{what}:{interaction}"


def _read(pipe: object, interaction: int, now: float) -> None:
    for what in ("looking", "writing"):
        pipe.zrange(_key(what, interaction), now, "+inf", byscore=True, offset=0, num=MOST)  # type: ignore[attr-defined]


def _others(found: Iterable[list[bytes]], *, but: int) -> dict[int, bool]:
    *_noted, looking, writing = found
    writers = {int(agent) for agent in writing}
    return {int(agent): int(agent) in writers for agent in looking if int(agent) != but}
