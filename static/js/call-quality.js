// <call-quality url="…">: in a phone, how good the line sounds, in bars and in a word; the server is told now and then.
const EVERY = 2000 // ms
const TELL_AGAIN = { changed: 10_000, same: 60_000 } // ms

class CallQuality extends HTMLElement {
  connectedCallback() {
    this.phone = this.closest("soft-phone, twilio-phone")
    this.quality = new LineQuality()
    this.probes = new Map()
    this.told = { level: "", at: 0 }
    this.timer = setInterval(() => this.#look(), EVERY)
  }

  disconnectedCallback() {
    clearInterval(this.timer)
  }

  async #look() {
    const sample = await this.#measure().catch(() => null) // closed meanwhile
    if (!sample || !this.isConnected) return
    const level = this.quality.take(sample)
    this.dataset.level = level
    for (const words of this.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== level
    const pause = Date.now() - this.told.at
    if (pause > (level === this.told.level ? TELL_AGAIN.same : TELL_AGAIN.changed)) this.#tell(level, sample)
  }

  // The worst of those who talk with us; a telephone's SDK measures by itself.
  async #measure() {
    const { mesh, call } = this.phone
    if (call && call !== this.heard) {
      this.heard = call
      call.on("sample", ({ rtt, jitter, packetsLostFraction: loss }) => (this.sample = { rtt: rtt || 0, jitter: jitter || 0, loss: loss || 0 }))
    }
    if (!mesh) return call ? this.sample : null
    const lines = [...mesh.peers.values()].filter(({ pc, role }) => role !== "supervisor" && pc.connectionState === "connected").map(({ pc }) => pc)
    for (const pc of this.probes.keys()) if (!lines.includes(pc)) this.probes.delete(pc)
    for (const pc of lines) if (!this.probes.has(pc)) this.probes.set(pc, new LineProbe(pc))
    const samples = await Promise.all([...this.probes.values()].map((probe) => probe.sample()))
    return samples.sort((a, b) => LineQuality.mos(a) - LineQuality.mos(b))[0]
  }

  #tell(level, sample) {
    this.told = { level, at: Date.now() }
    const body = new URLSearchParams({ level, ...Object.fromEntries(Object.entries(sample).map(([what, value]) => [what, value.toFixed(1)])) })
    const headers = { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers:inherited"))["x-csrftoken"] }
    fetch(this.getAttribute("url"), { method: "POST", body, headers }).catch(() => {}) // said again next time
  }
}

customElements.define("call-quality", CallQuality)
