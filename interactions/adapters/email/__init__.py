"""Email: mail comes in by several doors, is kept as it came, and is then read by one function: `parse(bytes) -> Mail`.

Reading is pure and never fails: whatever arrives becomes a `Mail`, with a note for everything that was cut or broken.

The standard library reads addresses' dates, parameters and MIME words here, but not a whole message. Its parser walks
line by line and calls itself for every level: 25 MB of empty lines take it six seconds and a thousand nested parts end
in RecursionError. structure.py cuts a message with the C searches of `bytes` and `re`, in bounded time.
"""
