"""Calls, whoever carries the sound: the moves of a call and who may hear whom.

Every verb holds the interaction's row, looks again, moves, writes down a `CallEvent` and shows the call to all who take
part, in one transaction. Providers bring their own news through `news.py`, each once by (provider, key), and carry out
what `shown.py` pushes (browser pages) or what the verbs return (Twilio). The audibility matrix (`audibility.py`) is the
one place that says who hears whom: what it does not name is not heard. Not chosen: a state machine per provider, whose
two opinions would have to be reconciled.
"""
