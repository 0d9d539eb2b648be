"""People with a voice of their own: every page's microphone is a tone, and what a page plays is measured."""

import subprocess
import time
from typing import Any

import numpy as np
from playwright.sync_api import Page

from tests.tones import HEARD, LEE, MAYA, OLGA, SAM, loudness
from tests.twilio.sound import Handset

FLAGS = [
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",  # else nobody finds anybody where there is only lo
]
DECODED_AT = 16_000  # Hz
RECORDED = -30  # dB; where somebody else begins or ends within a quarter of a second, any tone may be at -45

# The microphone is an oscillator, and whatever element plays a stream is kept to be listened to.
VOICE = """
(() => {
  const frequency = %d;
  navigator.mediaDevices.getUserMedia = async () => {
    const audio = new AudioContext(), tone = audio.createOscillator(), volume = audio.createGain();
    tone.frequency.value = window.__frequency ?? frequency; volume.gain.value = 0.3;
    const out = audio.createMediaStreamDestination();
    tone.connect(volume).connect(out); tone.start();
    return out.stream;
  };
  const elements = window.__elements = new Set(), play = Audio.prototype.play;
  const Real = window.Audio;
  window.Audio = function (...all) { const one = new Real(...all); elements.add(one); return one; };
  const ears = new Map();
  window.__heard = async (frequencies) => {
    window.__ear ||= new AudioContext();
    const loudest = frequencies.map(() => -200);
    const analysers = [];
    for (const element of elements) {
      const stream = element.srcObject;
      if (!stream) continue;
      if (!ears.has(stream)) {
        const analyser = window.__ear.createAnalyser();
        analyser.fftSize = 8192; analyser.smoothingTimeConstant = 0;
        window.__ear.createMediaStreamSource(stream).connect(analyser);
        ears.set(stream, analyser);
      }
      analysers.push(ears.get(stream));
    }
    await new Promise((done) => setTimeout(done, 220));
    for (const analyser of analysers) {
      const bins = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(bins);
      frequencies.forEach((f, i) => {
        const at = Math.round(f * 8192 / analyser.context.sampleRate);
        loudest[i] = Math.max(loudest[i], bins[at - 1], bins[at], bins[at + 1]);
      });
    }
    return loudest.map((db) => (Number.isFinite(db) ? Math.round(db) : -200));
  };
})();
"""


def give_voice(page_or_context: Any, frequency: int) -> None:
    page_or_context.add_init_script(VOICE % frequency)


def heard(listener: Page | Handset, *frequencies: int) -> dict[int, float]:
    """How loud each has been for the last moment, in dB."""
    if isinstance(listener, Handset):
        time.sleep(0.2)
        return listener.heard(*frequencies)
    return dict(zip(frequencies, listener.evaluate("(all) => window.__heard(all)", list(frequencies)), strict=True))


def wait_to_hear(listener: Page | Handset, *wanted: int, within: float = 20) -> None:
    """Until exactly these are heard of the four voices, twice in a row."""
    end, met = time.monotonic() + within, 0
    while met < 2:
        loud = heard(listener, LEE, MAYA, OLGA, SAM)
        met = met + 1 if {tone for tone, db in loud.items() if db > HEARD} == set(wanted) else 0
        assert met or time.monotonic() < end, f"heard {loud}, not {wanted}"


def recorded(path: str) -> tuple[list[dict[int, float]], list[dict[int, float]]]:
    """Both channels of a file: how loud each voice is in each quarter of a second, in dB."""
    command = ["ffmpeg", "-v", "error", "-i", path, "-ac", "2", "-ar", str(DECODED_AT), "-f", "s16le", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    left, right = np.frombuffer(raw, "<i2").reshape(-1, 2).T
    return _over_time(left), _over_time(right)


def _over_time(samples: np.ndarray) -> list[dict[int, float]]:
    quarters = [samples[at : at + DECODED_AT // 4] for at in range(0, len(samples) - DECODED_AT // 4, DECODED_AT // 4)]
    return [{tone: loudness(part, tone, DECODED_AT) for tone in (LEE, MAYA, OLGA, SAM)} for part in quarters]


def speaks(channel: list[dict[int, float]], voice: int) -> float:
    """In which part of a recorded channel somebody is heard, 0 to 1."""
    return sum(quarter[voice] > RECORDED for quarter in channel) / len(channel)
