"""Live screens: what the database has just committed, shown to everyone who may see it.

A verb calls `push(group, event)`; the process' own hub hands it to its `Screen`s at once, and the publisher carries it
by Valkey to the hubs of all other processes, which have a single subscription each. Nothing here is kept: after any
doubt about the link every screen is told to fetch its state anew, so Valkey may be lost or restarted at any moment.
Not chosen: a layer channel per browser, the usual Channels way (4.6 times dearer on daphne), and the core Redis layer
(drops silently from 100 messages on).
"""

from contactcenter.realtime.database import in_db
from contactcenter.realtime.publisher import flush, push
from contactcenter.realtime.screen import Screen

__all__ = ["Screen", "flush", "in_db", "push"]
