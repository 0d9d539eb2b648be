"""A past day again in virtual time: under the rules it had, and under others.

changes.py  what is to be different, checked against what a replay can show
centre.py   rules as JSON, into what the router and the virtual clock go by
day.py      what came, who was there and how long things took, read from the ledger
draws.py    what the ledger cannot know, drawn: how long others would have waited, what unanswered work would take
figures.py  what came of it, by the formulas of the wallboard
run.py      both runs side by side, and how well the first one tells what really happened
"""
