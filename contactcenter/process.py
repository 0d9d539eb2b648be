"""What a web process does about itself once all of it is loaded, so that nobody waits for its housekeeping."""

import gc
import sys

from django.urls import get_resolver

HANDS_OVER_AFTER = 0.0002  # seconds
COLLECTS_AFTER = (2_000, 20, 20)  # objects more than before; and each older generation after so many of the younger


def settle_down() -> None:
    """Keep the garbage collector from what stays for ever, and no thread waiting long for another.

    Going through all that is loaded takes 0.1 s in which nothing else happens; left out of it, a collection looks at
    a few milliseconds' worth of what has come since; what a line leaves behind is gone without it. A request or a
    frame changes threads at least twice, and each time waits for whoever computes.
    """
    get_resolver().url_patterns  # noqa: B018 - loads every view
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTS_AFTER)
    sys.setswitchinterval(HANDS_OVER_AFTER)
