"""Chat: a widget on any site and a hosted page, over HTTP and a websocket that anybody on the internet may reach.

No cookie is used and none is needed: the visitor's token, which only its own browser knows, is the whole proof. So
a foreign site gains nothing by calling us, and what a request may do is decided by the token and the entry point
alone. Whatever is refused is refused by a code and a sentence (refusals.py), never by an exception's text.
"""
