"""The telephone of everybody outside, for `make demo` alone: a page rings us through a telephone network of our own.

That network is the simulator of Twilio that our tests have (tests/twilio), in a process of its own beside the others.
Nothing here knows it: the centre has an account as any other, and the page speaks with the network's own door.
"""
