// <play-back><svg …/><input type="range" data-wave="…"><audio …></audio><select>…</select></play-back>: a recording with
// its waveform, the agent above and the customer below, which is where it is at and where one goes; and how fast it plays.
const COLUMNS = 240, MIDDLE = 32, LOUDEST = 255

class PlayBack extends HTMLElement {
  connectedCallback() {
    for (const name of ["change", "input"]) this.addEventListener(name, this)
    for (const name of ["play", "timeupdate", "seeking"]) this.addEventListener(name, this, true)
    this.#draw()
  }

  get audio() { return this.querySelector("audio") }
  get place() { return this.querySelector("[data-wave]") }

  handleEvent({ type, target }) {
    if (type === "play") this.#alone()
    else if (target === this.audio) this.#show(target.currentTime)
    else if (target === this.place) this.#go(Number(target.value))
    else if (type === "change") this.#faster(target.value)
  }

  #faster(speed) {
    this.audio.preservesPitch = true
    this.audio.defaultPlaybackRate = this.audio.playbackRate = Number(speed)
  }

  #alone() {
    for (const audio of document.querySelectorAll("play-back audio")) if (!this.contains(audio)) audio.pause()
  }

  #go(seconds) {
    this.audio.currentTime = seconds
    this.#show(seconds)
  }

  #show(seconds) {
    const { place } = this
    if (!place) return
    place.value = seconds
    place.setAttribute("aria-valuetext", `${clock(seconds)} / ${clock(Number(place.max))}`)
    this.querySelector(".recording__played").setAttribute("width", (COLUMNS * seconds) / (Number(place.max) || 1))
  }

  #draw() {
    if (!this.place) return
    const loud = Uint8Array.from(atob(this.place.dataset.wave), (byte) => byte.charCodeAt(0))
    const [agent, customer] = this.querySelectorAll("path")
    agent.setAttribute("d", area(loud.subarray(0, COLUMNS), -1))
    customer.setAttribute("d", area(loud.subarray(COLUMNS), 1))
    this.#show(0)
  }
}

// From the middle line up or down; the quietest is a line still.
function area(loud, way) {
  const edge = [...loud].map((level, column) => `L${column} ${MIDDLE + way * Math.max(0.5, (level * MIDDLE) / LOUDEST)}`)
  return loud.length ? `M0 ${MIDDLE}${edge.join("")}L${COLUMNS} ${MIDDLE}Z` : ""
}

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`
}

customElements.define("play-back", PlayBack)
