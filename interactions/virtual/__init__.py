"""The centre in virtual time: days in seconds, decided by the very pool and match that serve customers.

happenings.py  what comes from outside (arrivals, shifts, answers), and who is told what comes of it
lines.py       the waiting lines in memory, read as the router reads them
clock.py       from one event to the next, at the moments at which the router would wake
draws.py       random times that spread over a run as their distribution says
steady.py      one queue with equal agents for ever: what queueing theory has formulas for
"""
