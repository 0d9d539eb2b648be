"""Sound in frames of 20 ms: tones, what is heard of them, music and recordings. Samples are int16 at 48 kHz, mono."""

import io
import wave
from collections import deque

import av
import numpy as np

from tests.tones import loudness

RATE = 48_000
FRAME = RATE // 50
SILENCE = np.zeros(FRAME, np.int16)
LISTENS_FOR = 10  # frames


class Handset:
    """What somebody holds who is no browser: speaks one tone, and keeps the last of what it hears."""

    def __init__(self, frequency: int) -> None:
        self.frequency, self.spoken = frequency, 0
        self.ear: deque[np.ndarray] = deque([SILENCE] * LISTENS_FOR, maxlen=LISTENS_FOR)

    def speak(self) -> np.ndarray:
        at = np.arange(self.spoken, self.spoken + FRAME)
        self.spoken += FRAME
        return (0.3 * 32767 * np.sin(2 * np.pi * self.frequency / RATE * at)).astype(np.int16)

    def hear(self, samples: np.ndarray) -> None:
        self.ear.append(samples)

    def heard(self, *frequencies: int) -> dict[int, float]:
        """How loud each is right now, in dB."""
        samples = np.concatenate(self.ear)
        return {frequency: loudness(samples, frequency, RATE) for frequency in frequencies}

    def hears_anything(self) -> bool:
        return bool(np.abs(np.concatenate(self.ear)).max() > 300)


class Music:
    """A WAV file, again and again."""

    def __init__(self, content: bytes) -> None:
        with wave.open(io.BytesIO(content)) as file:
            raw, rate = file.readframes(file.getnframes()), file.getframerate()
            eight_bits = file.getsampwidth() == 1
        samples = (np.frombuffer(raw, np.uint8).astype(int) - 128) * 256 if eight_bits else np.frombuffer(raw, "<i2")
        times = np.arange(len(samples) * RATE // rate) * rate / RATE
        self.samples = np.interp(times, np.arange(len(samples)), samples).astype(np.int16)

    def frame(self, number: int) -> np.ndarray:
        return np.take(self.samples, range(number * FRAME, (number + 1) * FRAME), mode="wrap")


def mp3(frames: list[tuple[np.ndarray, np.ndarray]]) -> bytes:
    """Two channels as one file."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("mp3", rate=RATE, layout="stereo")
        both = np.concatenate([np.stack(frame, axis=1) for frame in [(SILENCE, SILENCE), *frames]])
        frame = av.AudioFrame.from_ndarray(both.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate = RATE
        container.mux([*stream.encode(frame), *stream.encode(None)])
    return file.getvalue()
