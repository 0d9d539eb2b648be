// <twilio-phone leg="…" telephone="/calls/…/telephone/" silence="…/none.wav" [rings] [muted]>: this page's share of a
// telephone call, carried by Twilio's own SDK. The buttons in it are requests like any other; the server has the room
// do what they say. One window of an agent has the phone: who holds the lock named after the leg.
const SOUNDS = ["incoming", "outgoing", "disconnect", "dtmfh", "dtmfs", ..."0123456789".split("").map((key) => `dtmf${key}`)]
const TROUBLES = { 31401: "denied", 31402: "busy", 31208: "denied" }
const REFUSED = [20101, 20104, 20151] // Twilio does not believe our token
const ANSWERS_WITHIN = 15_000, COMES_BACK_WITHIN = 10_000 // ms; a way that is lost longer ends the call
const SHOWN = ["denied", "none", "busy", "unreached", "elsewhere", "live", "connecting", "lost", "talks", "offline"]
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
    navigator.locks.request(`call:${this.getAttribute("leg")}`, steal ? { steal } : { ifAvailable: true }, (lock) => {
      if (!lock) return this.putDown("elsewhere")
      const released = new Promise((resolve) => (this.release = resolve))
      this.patience = setTimeout(() => this.putDown("unreached"), ANSWERS_WITHIN)
      this.#connect().catch((error) => this.putDown(TROUBLES[error.code] ?? "unreached"))
      return released
    }).catch((error) => (error.name === "AbortError" ? this.putDown("elsewhere") : Promise.reject(error)))
  }

  async #connect() {
    const { token, leg, host } = await this.#ask()
    if (!this.#taking) return // put down meanwhile
    const sounds = Object.fromEntries(SOUNDS.map((name) => [name, this.getAttribute("silence")]))
    const elsewhere = host ? { chunderw: host, publishEvents: false } : {} // and nothing is told to Twilio
    const options = { sounds, codecPreferences: ["opus", "pcmu"], maxCallSignalingTimeoutMs: COMES_BACK_WITHIN, ...elsewhere }
    const device = (this.device = new Twilio.Device(token, options))
    device.on("tokenWillExpire", async () => device.updateToken((await this.#ask()).token))
    device.on("error", ({ code }) => REFUSED.includes(code) && !this.call && this.putDown("unreached"))
    const [microphone, speaker] = ["microphone", "speaker"].map((kind) => phoneDevices.chosen(kind))
    if (microphone) await device.audio.setInputDevice(microphone).catch(() => {}) // not plugged in: the system's
    if (speaker) await device.audio.speakerDevices.set(speaker).catch(() => {})
    const call = await device.connect({ params: { leg } })
    if (this.device !== device) return
    this.call = call
    let why = ""
    call.on("accept", () => (clearTimeout(this.patience), this.attributeChangedCallback(), this.#say("live")))
    call.on("disconnect", () => this.call === call && this.putDown(why))
    call.on("error", ({ code }) => {
      why = TROUBLES[code] ?? "unreached"
      if (call.status() === "closed" && (this.call ?? call) === call) this.putDown(why)
    })
    call.on("warning", (name) => LOST.includes(name) && this.#internals.states.add("lost"))
    call.on("warning-cleared", (name) => LOST.includes(name) && this.#internals.states.delete("lost"))
    call.on("reconnecting", () => this.#internals.states.add("offline"))
    call.on("reconnected", () => this.#internals.states.delete("offline"))
  }

  // Leave to be this leg's telephone for an hour.
  async #ask() {
    const headers = { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers:inherited"))["x-csrftoken"] }
    const reply = await fetch(this.getAttribute("telephone"), { method: "POST", headers })
    if (!reply.ok) throw new Error(reply.statusText)
    return reply.json()
  }

  putDown(why = "") {
    const { device } = this
    clearTimeout(this.patience)
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
