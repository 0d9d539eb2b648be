// <board-stamp at="2026-11-22T10:40:00Z"><time>…</time></board-stamp>: the moment the figures are of, in the viewer's zone.
// Once it has not moved for STALE it says so (:state(stale)): a board that stands still must not look alive.
const STALE = 5000

class BoardStamp extends HTMLElement {
  static observedAttributes = ["at"]
  #internals = this.attachInternals()
  #heard = Date.now()

  connectedCallback() {
    this.timer = setInterval(() => this.#judge(), 1000)
    this.#write()
  }

  disconnectedCallback() {
    clearInterval(this.timer)
  }

  attributeChangedCallback() {
    this.#heard = Date.now()
    queueMicrotask(() => this.isConnected && this.#write()) // a morph changes our attributes first, then what is in us
    this.#judge()
  }

  #judge() {
    if (Date.now() - this.#heard > STALE) this.#internals.states.add("stale")
    else this.#internals.states.delete("stale")
  }

  #write() {
    const { lang, dataset } = document.documentElement
    const options = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: dataset.zone || undefined }
    const time = this.querySelector("time")
    const moment = new Date(this.getAttribute("at"))
    if (time && !Number.isNaN(moment.getTime())) time.textContent = new Intl.DateTimeFormat(lang || undefined, options).format(moment)
  }
}

customElements.define("board-stamp", BoardStamp)
