// <phone-devices>: the choice of microphone, loudspeaker and bell, remembered for this person in this browser, and a
// level to see that it is heard. What is chosen, plugged in or pulled out takes effect in the call that is going on.
class PhoneDevicesChoice extends HTMLElement {
  #changed = () => this.#pluggedIn()
  #chosen = ({ detail }) => this.#rewire(detail)

  connectedCallback() {
    this.addEventListener("change", ({ target }) => target.dataset.device && phoneDevices.choose(target.dataset.device, target.value))
    this.addEventListener("click", ({ target }) => target.closest("[data-play]") && playTone(target.closest("[data-play]").dataset.play))
    phoneDevices.addEventListener("chosen", this.#chosen)
    navigator.mediaDevices?.addEventListener("devicechange", this.#changed)
  }

  disconnectedCallback() {
    phoneDevices.removeEventListener("chosen", this.#chosen)
    navigator.mediaDevices?.removeEventListener("devicechange", this.#changed)
    this.rest()
  }

  get meter() { return this.querySelector("level-meter") }
  get shown() { return this.closest("dialog").open }

  open() {
    this.fill()
    this.#listen()
  }

  rest() {
    this.track?.stop()
    this.meter.rest()
  }

  async fill() {
    for (const select of this.querySelectorAll("select")) {
      const chosen = phoneDevices.chosen(select.dataset.device)
      const found = await phoneDevices.all(select.dataset.device)
      const options = found.map(({ deviceId, label }) => new Option(label || deviceId.slice(0, 6), deviceId, false, deviceId === chosen))
      select.replaceChildren(select.options[0], ...options)
      if (!found.some(({ deviceId }) => deviceId === chosen)) select.selectedIndex = 0
    }
  }

  async #listen() {
    this.rest()
    try {
      this.track = await phoneDevices.open()
    } catch {
      return // the check says what is wrong
    }
    if (this.shown) this.meter.listen(this.track)
    else this.rest()
  }

  async #pluggedIn() {
    if (this.shown) await this.fill()
    const there = await phoneDevices.all("microphone")
    const wanted = there.find(({ deviceId }) => deviceId === phoneDevices.chosen("microphone"))
    for (const { mesh } of calls()) {
      const { readyState } = mesh.microphone
      if (readyState === "ended" || (wanted && mesh.microphone.getSettings().deviceId !== wanted.deviceId)) await this.#rewire("microphone")
    }
    await this.#rewire("speaker")
  }

  // The call goes on: only what it carries is another.
  async #rewire(kind) {
    if (kind === "microphone" && this.shown) this.#listen()
    for (const { mesh } of calls()) {
      if (kind === "speaker") for (const { element } of mesh.peers.values()) phoneDevices.route(element, kind)
      if (kind !== "microphone") continue
      const track = await phoneDevices.open().catch(() => null)
      if (track && !mesh.ended) mesh.use(track)
      else track?.stop()
      this.#say(track ? "changed" : "gone", track?.label)
    }
    for (const { device } of document.querySelectorAll("twilio-phone")) {
      const id = phoneDevices.chosen(kind) || "default"
      if (kind === "microphone") device?.audio?.setInputDevice(id).catch(() => this.#say("gone"))
      if (kind === "speaker") device?.audio?.speakerDevices.set(id).catch(() => {}) // it stays where it was
    }
  }

  #say(what, label = "") {
    const toast = this.querySelector(`template[data-say="${what}"]`).content.cloneNode(true)
    toast.querySelector("[data-label]")?.append(label)
    document.querySelector("toast-stack").append(toast)
  }
}

function calls() {
  return [...document.querySelectorAll("soft-phone")].filter(({ mesh }) => mesh && !mesh.ended)
}

// Three notes that rise: where callers are heard, or where it rings.
async function playTone(kind) {
  const audio = new AudioContext()
  await phoneDevices.route(audio, kind)
  await audio.resume()
  for (const [note, at] of [[523, 0], [659, 0.25], [784, 0.5]]) {
    const tone = new OscillatorNode(audio, { frequency: note })
    const volume = new GainNode(audio, { gain: 0 })
    volume.gain.setTargetAtTime(0.25, audio.currentTime + at, 0.01)
    volume.gain.setTargetAtTime(0, audio.currentTime + at + 0.18, 0.04)
    tone.connect(volume).connect(audio.destination)
    tone.start(audio.currentTime + at)
    tone.stop(audio.currentTime + at + 0.4)
    if (at === 0.5) tone.onended = () => audio.close()
  }
}

customElements.define("phone-devices", PhoneDevicesChoice)
