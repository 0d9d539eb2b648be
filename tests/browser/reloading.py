"""A page that is loaded anew in the midst of a call: what it shows and lets one hear, and how soon, told by itself.

All its timers stand still meanwhile, and those of the pages that stay: whatever comes back comes back because something
happened, not because some time had passed. So the order holds on a machine however busy, and what the figures tell is
how long the work takes.
"""

from typing import Any

from playwright.sync_api import Page

from tests.tones import HEARD, LEE, MAYA, OLGA

LOUD = "aloud"  # what a page plays by itself, not somebody's voice: music, a bell

# Milliseconds are counted from the start of the navigation.
MOMENTS = """
(() => {
  const happened = window.__happened = [];
  const note = (what) => happened.push([what, Math.round(performance.now())]);

  window.__still = sessionStorage.getItem("still") === "yes";
  const { setTimeout: wait, setInterval: repeat, clearTimeout: clear } = window, held = new Map();
  const slowed = (start) => (fn, ms, ...all) => {
    const run = () => fn(...all);
    const id = start.call(window, () => (ms > 0 && window.__still ? held.set(id, run) : run()), ms);
    return id;
  };
  window.setTimeout = slowed(wait);
  window.setInterval = slowed(repeat);
  window.clearTimeout = window.clearInterval = (id) => (held.delete(id), clear.call(window, id));
  window.__stand = (still) => {
    window.__still = still;
    if (still) return;
    const late = [...held.values()];
    held.clear();
    for (const run of late) run();
  };

  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(url, ...all) {
      super(url, ...all);
      note(url.includes("/ws/desk/") ? "desk dialled" : "dialled");
      this.addEventListener("message", ({ data }) => {
        if (data.startsWith("{") && JSON.parse(data).sdp?.type === "answer") note("answered");
      });
    }
    send(data) {
      const { type, sdp } = JSON.parse(data);
      if (type === "call.join") note("joined");
      if (sdp?.type === "offer") note("offered");
      super.send(data);
    }
  };
  const open = navigator.mediaDevices.getUserMedia;
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await open.call(navigator.mediaDevices, wanted);
    note("microphone");
    return stream;
  };

  const ears = [], listens = new AudioContext();
  const listen = (node, names) => {
    const ear = node.context.createAnalyser();
    ear.fftSize = 2048;
    ear.smoothingTimeConstant = 0;
    node.connect(ear);
    ears.push([ear, names]);
  };
  const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
  Object.defineProperty(HTMLAudioElement.prototype, "srcObject", {
    get() { return source.get.call(this); },
    set(stream) {
      source.set.call(this, stream);
      if (stream) listen(listens.createMediaStreamSource(stream), TONES);
    },
  });
  const connect = AudioNode.prototype.connect, aloud = new WeakSet();
  AudioNode.prototype.connect = function (to, ...all) {
    if (to instanceof AudioDestinationNode && !aloud.has(this)) listen(aloud.add(this) && this, ["LOUD"]);
    return connect.call(this, to, ...all);
  };
  const loudness = (ear, name) => {
    const bins = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(bins);
    const at = Math.round((name * ear.fftSize) / ear.context.sampleRate);
    return name === "LOUD" ? Math.max(...bins) : Math.max(bins[at - 1], bins[at], bins[at + 1]);
  };
  window.__heardFirst = new Set();
  const hear = () => {
    for (const [ear, names] of ears) {
      for (const name of names) {
        if (window.__heardFirst.has(name) || loudness(ear, name) < HEARD) continue;
        window.__heardFirst.add(name);
        note(`heard ${name}`);
      }
    }
  };

  const widget = () => document.querySelector("[data-chat]")?.shadowRoot;
  const find = (where) => document.querySelector(where) ?? widget()?.querySelector(where);
  // Until `words` are to be seen at `where` and `voice` is heard.
  window.__back = ({ where, words, voice }) => new Promise((back, never) => {
    let shown = false;
    const over = () => never(new Error(JSON.stringify([happened, find(where)?.textContent])));
    const given = wait.call(window, over, 20000);
    const look = repeat.call(window, () => {
      hear();
      const found = find(where);
      if (!shown && found?.checkVisibility() && found.textContent.includes(words)) note((shown = "shown"));
      if (!shown || (voice && !window.__heardFirst.has(voice))) return;
      clearInterval(look);
      clearTimeout(given);
      window.__stand(false);
      back(happened);
    }, 10);
  });
})();
"""
for name, value in {"TONES": [LEE, MAYA, OLGA], "LOUD": LOUD, "HEARD": HEARD}.items():
    MOMENTS = MOMENTS.replace(name, str(value))


def reload(page: Page, where: str, words: str, voice: int | str | None, *others: Page) -> list[tuple[str, int]]:
    """Load this page anew; what happened there until it shows these words again and this voice is heard, and when."""
    page.evaluate("() => sessionStorage.setItem('still', 'yes')")
    for other in others:
        other.evaluate("() => window.__stand(true)")
    page.reload(wait_until="commit")
    happened: Any = page.evaluate("wanted => window.__back(wanted)", {"where": where, "words": words, "voice": voice})
    page.evaluate("() => sessionStorage.removeItem('still')")
    for other in others:
        other.evaluate("() => window.__stand(false)")
    return [(what, at) for what, at in happened]
