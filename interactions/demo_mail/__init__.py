"""The mailbox of everybody outside, for `make demo` alone: what we send lands here, is shown, and can be answered.

A small SMTP server keeps each mail as a file, a page shows them, and an answer goes to our SMTP door as any mail does:
nothing of it knows our database, and no server elsewhere is needed.
"""
