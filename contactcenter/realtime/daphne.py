"""What daphne lacks: an end to what it keeps for a browser that does not read, and to what a request may bring.

Its `send` never waits, so a screen cannot know; without this only the ping time-out would cut such a browser off, and
what was buffered until then stayed until the next full garbage collection. uvicorn's `send` waits: there the screen's
own outbox does this. A request's body it collects whole before anybody is asked whether it is welcome.
"""

import logging

from daphne import http_protocol
from daphne.http_protocol import WebRequest
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.conf import settings

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


class BoundedRequest(WebRequest):
    """Refused while it comes in, by what it announces or, if it announces nothing, by what has come."""

    _taken = 0
    _refused = False

    def gotLength(self, length: int | None) -> None:
        super().gotLength(length)
        self._take(length or 0)
        self._taken = 0

    def handleContentChunk(self, data: bytes) -> None:
        self._take(len(data))
        if not self._refused:
            super().handleContentChunk(data)

    def process(self) -> None:
        if not self._refused:
            super().process()

    def _take(self, size: int) -> None:
        self._taken += size
        if self._taken > settings.REQUEST_MAX_BYTES and not self._refused:
            self._refused = True
            self.channel.transport.write(b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\n\r\n")
            self.channel.loseConnection()


def bound_daphne() -> None:
    """Have the daphne of this process, if it is one, use the bounded protocols."""
    WebSocketFactory.protocol = BoundedProtocol
    http_protocol.WebRequest = BoundedRequest
