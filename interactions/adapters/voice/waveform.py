"""How loud a recording is over its length, worked out once, so that whoever plays it sees where somebody speaks."""

import shutil
import subprocess
from array import array
from itertools import pairwise
from pathlib import Path

COLUMNS = 240
RATE = 8000  # Hz
BLOCK = RATE // 10  # samples; nobody sees less than a tenth of a second
LOUDEST = 32767


def waveform_of(path: Path, *, channels: int = 2, first: int = 0) -> bytes:
    """COLUMNS bytes per channel, 0 to 255, beginning with channel `first`; empty where ffmpeg is missing or fails.

    The square root of the amplitude, as quiet voices are heard, not as they measure.
    """
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        return b""
    command = [ffmpeg, "-nostdin", "-v", "error", "-i", str(path), "-ac", str(channels), "-ar", str(RATE)]
    blocks: list[list[int]] = [[] for _channel in range(channels)]
    with subprocess.Popen([*command, "-f", "s16le", "-"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        while data := process.stdout.read(BLOCK * channels * 2):
            samples = array("h", data[: len(data) // (2 * channels) * (2 * channels)])
            for channel, loudest in enumerate(blocks):
                loudest.append(max(samples[channel::channels], default=0))
    if process.returncode or not blocks[0]:
        return b""
    return b"".join(_columns(blocks[(first + n) % channels]) for n in range(channels))


def _columns(loudest: list[int]) -> bytes:
    edges = [len(loudest) * column // COLUMNS for column in range(COLUMNS + 1)]
    parts = (loudest[start : max(end, start + 1)] for start, end in pairwise(edges))
    return bytes(round(255 * (max(0, *part) / LOUDEST) ** 0.5) for part in parts)
