"""What a stranger, a visitor and a colleague of another team try over HTTP; every case is named by what it must not do.

Beside this folder: sockets in interactions/test_consumers.py and interactions/adapters/chat/, files in test_files.py
there, roles in agents/test_access.py and the tests of the admin, rights that end in agents/test_watch.py.
"""
