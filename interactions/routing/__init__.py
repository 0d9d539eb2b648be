"""The engine: who gets what, and why.

One pass is one transaction: bounded reads (heads.py), a pure match (match.py), claims that lock and look again
(claim.py). The router process wakes on NOTIFY and sweeps every second for whatever is due (timers.py).
"""

ROUTER_LOCK = 7_240_001  # session lock of the active router; standbys wait for it
PASS_LOCK = 7_240_002  # transaction lock of a pass: two routers can never both write
