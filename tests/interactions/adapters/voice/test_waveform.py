"""What is seen of a recording: who speaks when."""

import wave
from array import array
from math import pi, sin
from pathlib import Path

import pytest

from interactions.adapters.voice.waveform import COLUMNS, waveform_of

RATE = 16_000


@pytest.fixture
def taken_in_turns(tmp_path) -> Path:
    """Two seconds: the left speaks in the first, the right, half as loud, in the second."""
    tone = [int(30_000 * sin(2 * pi * 440 * at / RATE)) for at in range(RATE)]
    samples = array("h", [side for value in tone for side in (value, 0)])
    samples.extend(side for value in tone for side in (0, value // 2))
    with wave.open(str(tmp_path / "turns.wav"), "wb") as file:
        file.setparams((2, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return tmp_path / "turns.wav"


def test_it_shows_who_speaks_when(taken_in_turns):
    drawn = waveform_of(taken_in_turns)
    half, margin = COLUMNS // 2, COLUMNS // 20
    left, right = drawn[:COLUMNS], drawn[COLUMNS:]
    assert len(left) == len(right) == COLUMNS
    assert min(left[: half - margin]) > 230 > 20 > max(left[half + margin :])
    assert min(right[half + margin :]) > 160 > 20 > max(right[: half - margin])
    assert max(right) < min(left[: half - margin])
    assert waveform_of(taken_in_turns, first=1) == right + left


def test_what_cannot_be_read_is_not_drawn(tmp_path, monkeypatch, taken_in_turns):
    (tmp_path / "none.webm").write_bytes(b"no sound")
    assert waveform_of(tmp_path / "none.webm") == b""
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert waveform_of(taken_in_turns) == b""
