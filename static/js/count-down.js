// <count-down left="18200" of="20000" shape="ring">: milliseconds left as the server counted them, so no clock need agree.
class CountDown extends HTMLElement {
  static observedAttributes = ["left", "of"]
  #internals = this.attachInternals()
  #ends = 0
  #timer

  connectedCallback() {
    this.#start()
    this.#timer = setInterval(() => this.#tick(), 250)
  }

  disconnectedCallback() {
    clearInterval(this.#timer)
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#start()
  }

  #start() {
    this.#ends = performance.now() + Number(this.getAttribute("left"))
    this.#tick()
  }

  #tick() {
    const left = Math.max(0, (this.#ends - performance.now()) / 1000)
    const whole = Math.ceil(left)
    const text = whole < 100 ? String(whole) : `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`
    if (this.textContent !== text) this.textContent = text
    this.style.setProperty("--part", Math.min(1, (left * 1000) / Number(this.getAttribute("of") || 1)).toFixed(3))
    if (left <= 5) this.#internals.states.add("soon")
    else this.#internals.states.delete("soon")
    if (left === 0 && this.#timer) {
      this.#timer = clearInterval(this.#timer)
      this.dispatchEvent(new CustomEvent("countdown:over", { bubbles: true }))
    }
  }
}

customElements.define("count-down", CountDown)
