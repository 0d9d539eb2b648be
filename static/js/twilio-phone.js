// <twilio-phone leg="…" telephone="/calls/…/telephone/" silence="…/none.wav" [rings] [muted]>: this page's share of a
// telephone call, carried by Twilio's own SDK. The buttons in it are requests like any other; the server has the room
// do what they say. One window of an agent has the phone: who holds the lock named after the leg.
const SOUNDS = ["incoming", "outgoing", "disconnect", "dtmfh", "dtmfs", ..."0123456789".split("").map((key) => `dtmf${key}`)]
const TROUBLES = { 31401: "denied", 31402: "busy", 31208: "denied" }
const SHOWN = ["denied", "none", "busy", "elsewhere", "live", "connecting", "lost", "talks", "offline"]
const LOST = ["ice-connectivity-lost", "low-bytes-received"]

class TwilioPhone extends HTMLElement {
  static observedAttributes = ["muted"]
  #internals = this.attachInternals()
  #clicked = ({ target }) => {
    if (target.closest("[data-answer]")) this.take({ steal: true })
    else if (target.closest(".phone__keys button")) this.call?.sendDigits(target.textContent.trim())
  }
  #leaving = (event) => this.call && event.preventDefault()
  #taking = false

  connectedCallback() {
    this.addEventListener("click", this.#clicked)
    window.addEventListener("beforeunload", this.#leaving)
    if (!this.hasAttribute("rings")) this.take()
  }

  disconnectedCallback() {
    this.removeEventListener("click", this.#clicked)
    window.removeEventListener("beforeunload", this.#leaving)
    this.putDown()
  }

  // The room mutes us as well; here it takes effect at once.
  attributeChangedCallback() {
    this.call?.mute(this.hasAttribute("muted"))
  }

  async take({ steal = false } = {}) {
    if (this.call || this.#taking) return
    this.#taking = true
    this.#say("connecting")
    if (!steal && (await document.querySelector("phone-check")?.here) === false) return this.putDown("elsewhere")
    if (!this.isConnected) return // the call was over before we knew
    navigator.locks.request(`call:${this.getAttribute("leg")}`, steal ? { steal } : { ifAvailable: true }, async (lock) => {
      if (!lock) return this.putDown("elsewhere")
      try {
        await this.#connect()
      } catch (error) {
        return this.putDown(TROUBLES[error.code] ?? "busy")
      }
      await new Promise((resolve) => (this.release = resolve))
    }).catch((error) => (error.name === "AbortError" ? this.putDown("elsewhere") : Promise.reject(error)))
  }

  async #connect() {
    const headers = { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers:inherited"))["x-csrftoken"] }
    const reply = await fetch(this.getAttribute("telephone"), { method: "POST", headers })
    if (!reply.ok) throw new Error(reply.statusText)
    const { token, leg, host } = await reply.json()
    const sounds = Object.fromEntries(SOUNDS.map((name) => [name, this.getAttribute("silence")]))
    const elsewhere = host ? { chunderw: host, publishEvents: false } : {} // and nothing is told to Twilio
    this.device = new Twilio.Device(token, { sounds, codecPreferences: ["opus", "pcmu"], ...elsewhere })
    const [microphone, speaker] = ["microphone", "speaker"].map((kind) => phoneDevices.chosen(kind))
    if (microphone) await this.device.audio.setInputDevice(microphone).catch(() => {}) // not plugged in: the system's
    if (speaker) await this.device.audio.speakerDevices.set(speaker).catch(() => {})
    const call = (this.call = await this.device.connect({ params: { leg } }))
    call.on("accept", () => (this.attributeChangedCallback(), this.#say("live")))
    call.on("disconnect", () => this.call === call && this.putDown())
    call.on("error", (error) => this.putDown(TROUBLES[error.code] ?? "busy"))
    call.on("warning", (name) => LOST.includes(name) && this.#internals.states.add("lost"))
    call.on("warning-cleared", (name) => LOST.includes(name) && this.#internals.states.delete("lost"))
    call.on("reconnecting", () => this.#internals.states.add("offline"))
    call.on("reconnected", () => this.#internals.states.delete("offline"))
  }

  putDown(why = "") {
    const { device } = this
    this.call = this.device = null
    device?.destroy()
    this.release?.()
    this.#taking = false
    this.#say(why)
  }

  #say(state) {
    for (const one of SHOWN) this.#internals.states.delete(one)
    if (state) this.#internals.states.add(state)
  }
}

customElements.define("twilio-phone", TwilioPhone)
