// <wait-clock since="2026-11-22T10:40:00Z" late="60" very-late="180">: time gone by, counted by the server's clock.
const SERVER_AHEAD = Number(document.querySelector('meta[name="now"]')?.content ?? Date.now()) - Date.now()
const clocks = new Set()
let timer

class WaitClock extends HTMLElement {
  static observedAttributes = ["since"]
  #internals = this.attachInternals()

  connectedCallback() {
    clocks.add(this)
    timer ??= setInterval(() => clocks.forEach((clock) => clock.tick()), 1000)
    this.tick()
  }

  disconnectedCallback() {
    clocks.delete(this)
    if (!clocks.size) timer = clearInterval(timer)
  }

  attributeChangedCallback() {
    if (this.isConnected) this.tick()
  }

  tick() {
    const seconds = Math.max(0, Math.floor((Date.now() + SERVER_AHEAD - Date.parse(this.getAttribute("since"))) / 1000))
    if (Number.isNaN(seconds)) return
    const text = spoken(seconds)
    if (this.textContent !== text) this.textContent = text
    this.#mark("late", seconds, "very-late")
    this.#mark("very-late", seconds)
  }

  #mark(state, seconds, unless) {
    const over = (name) => this.hasAttribute(name) && seconds >= Number(this.getAttribute(name))
    if (over(state) && !(unless && over(unless))) this.#internals.states.add(state)
    else this.#internals.states.delete(state)
  }
}

function spoken(seconds) {
  const two = (n) => String(n).padStart(2, "0")
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)}`
  return `${Math.floor(minutes / 1440)} d`
}

customElements.define("wait-clock", WaitClock)
