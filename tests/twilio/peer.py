"""The far end of an agent's page: WebRTC as Twilio's media servers speak it, in frames of 20 ms."""

import asyncio
from collections import deque
from fractions import Fraction

import aioice.ice
import av
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from aiortc.sdp import candidate_from_sdp

from tests.twilio.sound import FRAME, RATE, SILENCE

# Everything is on this machine, which aioice would not think of, and there may be no other network.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]
BUFFERED = 3  # frames that are there before any is handed on, so that few are missing later
MOST_BUFFERED = 12


class Outgoing(MediaStreamTrack):
    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.frames: asyncio.Queue[np.ndarray] = asyncio.Queue(MOST_BUFFERED)
        self.sent = 0

    async def recv(self) -> av.AudioFrame:
        samples = await self.frames.get()
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), self.sent * FRAME
        self.sent += 1
        return frame


class Peer:
    def __init__(self) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.outgoing = Outgoing()
        self.said: deque[np.ndarray] = deque(maxlen=MOST_BUFFERED)
        self.flows = False
        self.connection.on("track", self._listen)

    async def answer(self, offer: str) -> str:
        """The answer to a page's SDP. It names no candidates and sends none later: where it is is seen when it comes,
        for which something has to be waited for."""
        await self.connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        nowhere = candidate_from_sdp("0 1 udp 1 127.0.0.1 9 typ host")
        nowhere.sdpMid = self.connection.getTransceivers()[0].mid
        await self.connection.addIceCandidate(nowhere)
        self.connection.addTrack(self.outgoing)
        await self.connection.setLocalDescription(await self.connection.createAnswer())
        return self.connection.localDescription.sdp

    def speak(self) -> np.ndarray:
        self.flows = bool(self.said) and (self.flows or len(self.said) >= BUFFERED)
        return self.said.popleft() if self.flows else SILENCE

    def hear(self, samples: np.ndarray) -> None:
        if not self.outgoing.frames.full():
            self.outgoing.frames.put_nowait(samples)

    async def close(self) -> None:
        await self.connection.close()

    async def _listen(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                frame = await track.recv()
                self.said.append(frame.to_ndarray()[0, ::2])
        except MediaStreamError:
            return  # the page is gone
