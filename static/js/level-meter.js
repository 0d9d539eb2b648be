// <level-meter role="meter" aria-label="…">: how loud a microphone is, ten times a second, for as long as it `listens`.
const EVERY = 100 // ms
const STEPS = 12

class LevelMeter extends HTMLElement {
  #bars = Array.from({ length: STEPS }, () => document.createElement("i"))

  connectedCallback() {
    this.replaceChildren(...this.#bars)
    this.show(0)
  }

  disconnectedCallback() {
    this.rest()
  }

  listen(track) {
    this.rest()
    this.audio = new AudioContext()
    this.audio.resume()
    const meter = new LoudnessMeter(this.audio, this.audio.createMediaStreamSource(new MediaStream([track])))
    this.timer = setInterval(() => this.show(meter.level), EVERY)
  }

  rest() {
    clearInterval(this.timer)
    this.audio?.close()
    this.audio = null
    this.show(0)
  }

  // Ears are logarithmic: 40 dB over the width.
  show(level) {
    const lit = level > 0 ? Math.max(0, Math.min(STEPS, Math.round(STEPS * (1 + (20 * Math.log10(level)) / 40)))) : 0
    this.setAttribute("aria-valuenow", Math.round((100 * lit) / STEPS))
    this.#bars.forEach((bar, at) => bar.toggleAttribute("data-lit", at < lit))
  }
}

customElements.define("level-meter", LevelMeter)
