// <key-pad> in a menu: its keys are pressed on the keyboard, too, while the menu has the focus; each sounds as it does on
// a telephone.
const ROWS = [697, 770, 852, 941], COLUMNS = [1209, 1336, 1477] // Hz: ITU-T Q.23
const KEYS = "123456789*0#"

class KeyPad extends HTMLElement {
  #menu
  #typed = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.#menu.querySelector("details").open) return
    const button = [...this.querySelectorAll("button")].find(({ textContent }) => textContent.trim() === event.key)
    if (!button) return
    event.preventDefault() // elsewhere digits choose a disposition
    button.click()
  }

  connectedCallback() {
    this.#menu = this.closest("pop-menu")
    this.#menu.addEventListener("keydown", this.#typed)
    this.addEventListener("click", ({ target }) => sound(target.closest("button")?.textContent.trim()))
  }

  disconnectedCallback() {
    this.#menu.removeEventListener("keydown", this.#typed)
  }
}

async function sound(key) {
  const at = key ? KEYS.indexOf(key) : -1
  if (at < 0) return
  const audio = new AudioContext()
  await phoneDevices.route(audio, "speaker")
  await audio.resume()
  const volume = new GainNode(audio, { gain: 0.08 })
  volume.connect(audio.destination)
  for (const frequency of [ROWS[Math.floor(at / 3)], COLUMNS[at % 3]]) {
    const tone = new OscillatorNode(audio, { frequency })
    tone.connect(volume)
    tone.start()
    tone.stop(audio.currentTime + 0.12)
    tone.onended = () => audio.state !== "closed" && audio.close()
  }
}

customElements.define("key-pad", KeyPad)
