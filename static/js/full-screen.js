// <full-screen><button hidden>…</button></full-screen>: puts #wallboard on the whole screen, as on a wall. What does not fit
// there is turned like pages, every PAGE, since nobody scrolls a wall; a touch of the wheel or a key waits one more turn.
const PAGE = 12_000

class FullScreen extends HTMLElement {
  #board = document.getElementById("wallboard")
  #wait = () => this.#start()
  #changed = () => (document.fullscreenElement ? this.#start() : this.#stop())

  connectedCallback() {
    const button = this.querySelector("button")
    button.hidden = !document.fullscreenEnabled
    button.addEventListener("click", () => this.#board.requestFullscreen())
    document.addEventListener("fullscreenchange", this.#changed)
  }

  disconnectedCallback() {
    document.removeEventListener("fullscreenchange", this.#changed)
    this.#stop()
  }

  #start() {
    this.#stop()
    for (const name of ["wheel", "keydown", "pointerdown"]) this.#board.addEventListener(name, this.#wait, { passive: true })
    this.timer = setInterval(() => this.#turn(), PAGE)
  }

  #stop() {
    clearInterval(this.timer)
    for (const name of ["wheel", "keydown", "pointerdown"]) this.#board.removeEventListener(name, this.#wait)
  }

  #turn() {
    const { scrollTop, clientHeight, scrollHeight } = this.#board
    const end = scrollTop + clientHeight >= scrollHeight - 2
    this.#board.scrollTo({ top: end ? 0 : scrollTop + clientHeight * 0.9, behavior: "smooth" })
  }
}

customElements.define("full-screen", FullScreen)
