"""The simulator as the telephone network of `make demo`, which starts it; the page /demo/phone/ is a telephone in it.

Nearly always nobody calls: until a first one comes this process only keeps the two doors, and what carries sound is
loaded when somebody knocks. After a while without anybody it begins anew, as small as before.
"""

import argparse
import os
import select
import socket
import sys
import time
from threading import Thread

HOST = "127.0.0.1"
BEGINS_ANEW_AFTER = 300  # seconds; recordings are fetched by then
LETTER_TAKES = 0.06  # seconds


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--api", type=int, required=True, help="the port of its REST API")
    given.add_argument("--signalling", type=int, required=True, help="the port of its websockets, for pages")
    given.add_argument("--app", required=True, help="where our own app is reached")
    given.add_argument("--public", required=True, help="what our own app calls itself")
    asked = given.parse_args()
    api, signalling = (socket.create_server((HOST, port)) for port in (asked.api, asked.signalling))
    select.select([api, signalling], [], [])
    serve(api, signalling, asked.app, asked.public)
    os.execv(sys.executable, [sys.executable, "-m", "tests.twilio.demo", *sys.argv[1:]])


def serve(api: socket.socket, signalling: socket.socket, app: str, public: str) -> None:
    """Be Twilio until nobody has been there for a while."""
    from tests.twilio.exchange import Exchange
    from tests.twilio.server import Door, Handler
    from tests.twilio.simulator import Twilio

    # What it names is never named again: our database remembers.
    twilio = Twilio(public, made=time.time_ns(), checked=False)
    twilio.telephone.letter_takes = LETTER_TAKES
    door = Door((HOST, 0), Handler, bind_and_activate=False)
    door.socket.close()
    door.socket, door.server_port, door.twilio = api, api.getsockname()[1], twilio
    Thread(target=door.serve_forever, daemon=True).start()
    origins = sorted({app, public, app.replace(HOST, "localhost")})
    exchange = Exchange(twilio, signalling, origins)
    exchange.app.url = app
    with exchange.open():
        last = time.monotonic()
        while exchange.lives and time.monotonic() - last < BEGINS_ANEW_AFTER:
            time.sleep(1)
            if exchange.pages or not all(line.over for line in list(twilio.telephone.lines.values())):
                last = time.monotonic()


if __name__ == "__main__":
    main()
