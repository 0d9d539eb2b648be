// <twilio-phone leg="…" telephone="/calls/…/telephone/" silence="…/none.wav" [rings] [muted]>: this page's share of a
// telephone call, carried by Twilio's own SDK. The buttons in it are requests like any other; the server has the room
// do what they say.
const SOUNDS = ["incoming", "outgoing", "disconnect", "dtmfh", "dtmfs", ..."0123456789".split("").map((key) => `dtmf${key}`)]
const TROUBLES = { 31401: "denied", 31402: "busy", 31208: "denied" }
const REFUSED = [20101, 20104, 20151] // Twilio does not believe our token
const ANSWERS_WITHIN = 15_000, COMES_BACK_WITHIN = 10_000, RENEWS_AGAIN = 2000 // ms; a way that is lost longer ends the call
const LOST = ["ice-connectivity-lost", "low-bytes-received"]

class TwilioPhone extends DeskPhone {
  get carries() { return Boolean(this.call) }

  trouble({ code }) { return TROUBLES[code] ?? "unreached" }

  handleEvent(event) {
    if (event.target.closest(".phone__keys button")) this.call?.sendDigits(event.target.textContent.trim())
    else super.handleEvent(event)
  }

  hush(on) {
    this.call?.mute(on)
  }

  async carry(over) {
    this.patience = setTimeout(() => this.putDown("unreached"), ANSWERS_WITHIN)
    const { token, leg, host } = await this.#ask()
    if (over.aborted) return
    const sounds = Object.fromEntries(SOUNDS.map((name) => [name, this.getAttribute("silence")]))
    const elsewhere = host ? { chunderw: host, publishEvents: false } : {} // and nothing is told to Twilio
    const options = { sounds, codecPreferences: ["opus", "pcmu"], maxCallSignalingTimeoutMs: COMES_BACK_WITHIN, ...elsewhere }
    const device = (this.device = new Twilio.Device(token, options))
    device.on("tokenWillExpire", () => this.#renew(device))
    device.on("error", ({ code }) => REFUSED.includes(code) && !this.call && this.putDown("unreached"))
    const [microphone, speaker] = ["microphone", "speaker"].map((kind) => phoneDevices.chosen(kind))
    if (microphone) await device.audio.setInputDevice(microphone).catch(() => {}) // not plugged in: the system's
    if (speaker) await device.audio.speakerDevices.set(speaker).catch(() => {})
    const call = await device.connect({ params: { leg } })
    if (over.aborted) return
    this.call = call
    let why = ""
    call.on("accept", () => (clearTimeout(this.patience), this.silence(this.silent), this.say("live")))
    call.on("disconnect", () => this.call === call && this.putDown(why))
    call.on("error", ({ code }) => {
      why = this.trouble({ code })
      if (call.status() === "closed" && (this.call ?? call) === call) this.putDown(why)
    })
    call.on("warning", (name) => LOST.includes(name) && this.states.add("lost"))
    call.on("warning-cleared", (name) => LOST.includes(name) && this.states.delete("lost"))
    call.on("reconnecting", () => this.states.add("offline"))
    call.on("reconnected", () => this.states.delete("offline"))
  }

  // Leave to be this leg's telephone for an hour.
  async #ask() {
    const headers = { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers:inherited"))["x-csrftoken"] }
    const reply = await fetch(this.getAttribute("telephone"), { method: "POST", headers })
    if (!reply.ok) throw new Error(reply.statusText)
    return reply.json()
  }

  // Asked again while the server cannot be reached; not for a call that is over, whose telephone it no longer knows.
  async #renew(device) {
    const leave = await this.#ask().catch(() => null)
    if (this.device !== device) return
    if (leave) device.updateToken(leave.token)
    else setTimeout(() => this.device === device && this.#renew(device), RENEWS_AGAIN)
  }

  drop() {
    const { device } = this
    clearTimeout(this.patience)
    this.call = this.device = null
    device?.destroy()
  }
}

customElements.define("twilio-phone", TwilioPhone)
