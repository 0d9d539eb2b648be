"""What daphne lacks: an end to what it keeps in memory for a browser that does not read.

Its `send` never waits, so a screen cannot know; without this only the ping time-out would cut such a browser off, and
what was buffered until then stayed until the next full garbage collection. uvicorn's `send` waits: there the screen's
own outbox does this.
"""

import logging

from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol

logger = logging.getLogger(__name__)

OWED = 1024 * 1024  # bytes sent to a browser since it last took what was waiting


class BoundedProtocol(WebSocketProtocol):
    """Learns from Twisted when the socket is full, and drops the browser when too much is sent meanwhile."""

    _owed: int | None = None  # None while the socket takes what is sent

    def onOpen(self) -> None:
        self.transport.unregisterProducer()  # the HTTP side of the connection, done since the upgrade
        self.transport.registerProducer(self, True)
        super().onOpen()

    def pauseProducing(self) -> None:  # called again with each write while the socket is full
        self._owed = self._owed or 0

    def resumeProducing(self) -> None:
        self._owed = None

    def stopProducing(self) -> None:
        self._owed = None

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:
        if self._owed is not None:
            self._owed += len(content)
            if self._owed > OWED:
                logger.warning("a browser that does not read was dropped")
                self._owed = None
                self.dropConnection(abort=True)
                return
        super().serverSend(content, binary)


def bound_daphne() -> None:
    """Have the daphne of this process, if it is one, use the bounded protocol."""
    WebSocketFactory.protocol = BoundedProtocol
