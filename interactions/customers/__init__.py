"""Customers as they come: they know our public address and nothing else, and behave as people do.

`client.py` is one visitor's page without a screen, over HTTP and the websocket; it also serves as load. `people.py`
is who they are, `day.py` how they come and go. None of them touches the database.
"""
