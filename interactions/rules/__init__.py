"""The rules of routing as plain JSON: what is configured, in words that outlive the rows, kept with every change.

    shape.py     which columns belong to the rules, and under which names
    snapshot.py  the database as JSON
    merge.py     other rules from these: changes laid over them, and what is no longer there taken out
    form.py      what is not even of the form described in snapshot.py
    check.py     what cannot work, and is refused
    doubts.py    what probably was not meant, and is warned about
    change.py    the difference of two in words
    restore.py   JSON into the database
    places.py    the places in line that follow from them, anew
    in_hand.py   what agents have in hand right now, against which some changes have to wait
    screens.py   whose screens show something else from then on
    versions.py  who changed what when, one at a time

The first six after snapshot are pure: JSON in, words or JSON out.
"""
