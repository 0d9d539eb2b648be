// <play-back><audio …></audio><select>…</select></play-back>: how fast a recording plays; seeking is the browser's own.
class PlayBack extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", ({ target }) => this.#faster(target.value))
    this.addEventListener("play", () => this.#alone(), true)
  }

  #faster(speed) {
    const audio = this.querySelector("audio")
    audio.preservesPitch = true
    audio.defaultPlaybackRate = audio.playbackRate = Number(speed)
  }

  #alone() {
    for (const audio of document.querySelectorAll("play-back audio")) if (!this.contains(audio)) audio.pause()
  }
}

customElements.define("play-back", PlayBack)
