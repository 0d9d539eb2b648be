"""People with a voice of their own: every page's microphone is a tone, and what a page plays is measured."""

import time
from typing import Any

from playwright.sync_api import Page

FLAGS = [
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",  # else nobody finds anybody where there is only lo
]
LEE, MAYA, OLGA, SAM = 440, 880, 660, 1320  # Hz
HEARD = -50  # dB; a tone that is there is at -20, one that is not below -90

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


def heard(page: Page, *frequencies: int) -> dict[int, float]:
    """How loud each is right now, in dB."""
    return dict(zip(frequencies, page.evaluate("(all) => window.__heard(all)", list(frequencies)), strict=True))


def wait_to_hear(page: Page, *wanted: int, within: float = 10) -> None:
    """Until exactly these are heard of the four voices, twice in a row."""
    end, met = time.monotonic() + within, 0
    while met < 2:
        loud = heard(page, LEE, MAYA, OLGA, SAM)
        met = met + 1 if {tone for tone, db in loud.items() if db > HEARD} == set(wanted) else 0
        assert met or time.monotonic() < end, f"heard {loud}, not {wanted}"
