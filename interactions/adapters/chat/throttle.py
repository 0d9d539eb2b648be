"""How much one sender may do: in this process for a socket, in Valkey for requests, which any process may get."""

import logging
import time
from collections import OrderedDict

from redis.exceptions import RedisError

from contactcenter.valkey import valkey

log = logging.getLogger(__name__)
KNOWN_SENDERS = 20_000


class Bucket:
    """So many at once, refilled at so many per second."""

    __slots__ = ("at", "burst", "left", "per_second")

    def __init__(self, burst: float, per_second: float) -> None:
        self.burst, self.per_second, self.left, self.at = burst, per_second, burst, time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self.left, self.at = min(self.burst, self.left + (now - self.at) * self.per_second), now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Buckets:
    """One bucket per sender, whatever socket they come by; the longest silent are forgotten first."""

    def __init__(self, burst: float, per_second: float) -> None:
        self.burst, self.per_second = burst, per_second
        self._of: OrderedDict[int, Bucket] = OrderedDict()

    def take(self, sender: int) -> bool:
        bucket = self._of.setdefault(sender, Bucket(self.burst, self.per_second))
        self._of.move_to_end(sender)
        if len(self._of) > KNOWN_SENDERS:
            self._of.popitem(last=False)
        return bucket.take()


def within(what: str, sender: str, per_minute: int) -> bool:
    """Count one more in this minute; without Valkey nobody is kept out."""
    key = f"throttle:{what}:{sender}:{int(time.time() // 60)}"
    try:
        with valkey().pipeline(transaction=False) as pipe:
            pipe.incr(key)
            pipe.expire(key, 120)
            count, _expires = pipe.execute()
    except (RedisError, OSError) as error:
        log.warning("requests are not being counted", extra={"error": str(error)})
        return True
    return bool(count <= per_minute)
