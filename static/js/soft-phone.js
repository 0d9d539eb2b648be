// <soft-phone leg="…" pieces="/calls/…/pieces/" [rings]>: this page's share of a call. The buttons in it are requests
// like any other; the element carries the sound (VoiceMesh), keeps what is said (CallRecorder) and has a line of its own
// to the server, whose loss ends nothing. One window of an agent has the phone: who holds the lock named after the leg.
const SILENCE = 25_000, PING = 10_000
const TROUBLES = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", OverconstrainedError: "none", NotReadableError: "busy" }
const SHOWN = ["denied", "none", "busy", "elsewhere", "live", "connecting", "lost", "talks", "offline"]

class SoftPhone extends HTMLElement {
  #internals = this.attachInternals()
  #clicked = (event) => event.target.closest("[data-answer]") && this.take({ steal: true })
  #leaving = (event) => this.mesh && event.preventDefault()
  #tries = 0

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

  // Come to the line, or back to it. Only a person takes the phone away from another window of theirs.
  async take({ steal = false } = {}) {
    if (this.mesh || this.#taking) return
    this.#taking = true
    this.#say("connecting")
    if (!steal && (await document.querySelector("phone-check")?.here) === false) return this.#fail("elsewhere")
    if (!this.isConnected) return // the call was over before we knew
    navigator.locks.request(`call:${this.getAttribute("leg")}`, steal ? { steal } : { ifAvailable: true }, async (lock) => {
      if (!lock) return this.#fail("elsewhere")
      try {
        const microphone = await phoneDevices.open()
        const plays = (element) => phoneDevices.route(element, "speaker")
        this.mesh = new VoiceMesh({ microphone, plays, send: (frame) => this.#send(frame) })
      } catch (error) {
        return this.#fail(TROUBLES[error.name] ?? "busy")
      }
      this.mesh.addEventListener("changed", () => this.#changed())
      this.#dial()
      this.#listen()
      await new Promise((resolve) => (this.release = resolve))
    }).catch((error) => (error.name === "AbortError" ? this.putDown("elsewhere") : Promise.reject(error)))
  }

  putDown(why = "") {
    clearInterval(this.metering)
    clearInterval(this.beating)
    clearTimeout(this.again)
    this.recorder?.stop()
    this.mesh?.end()
    const socket = this.socket
    this.mesh = this.recorder = this.plan = this.socket = null
    if (socket) socket.onclose = null
    socket?.close(1000)
    this.release?.()
    this.#taking = false
    this.#say(why)
  }

  #taking = false

  #fail(why) {
    this.#taking = false
    this.#say(why)
  }

  // the line to the server

  #dial() {
    const socket = (this.socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/phone/`))
    socket.onopen = () => {
      this.#tries = 0
      this.#send({ type: "call.join", leg: this.getAttribute("leg"), page: this.plan?.page ?? null })
    }
    socket.onmessage = ({ data }) => {
      this.heardAt = Date.now()
      if (data.startsWith("{")) this.#hear(JSON.parse(data))
    }
    socket.onclose = () => {
      if (this.socket !== socket) return
      this.#changed()
      this.again = setTimeout(() => this.#dial(), Math.min(3000, 250 * 2 ** this.#tries++))
    }
    clearInterval(this.beating)
    this.heardAt = Date.now()
    this.beating = setInterval(() => (Date.now() - this.heardAt > SILENCE ? this.socket.close() : this.#send({ type: "ping" })), PING)
  }

  #send(frame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame))
  }

  #hear(frame) {
    if (frame.type === "call.signal") this.mesh?.heard(frame)
    else if (frame.type === "call.digits") this.#digits(frame)
    else if (frame.type === "call") this.#obey(frame)
  }

  #obey(plan) {
    if (plan.over) return this.putDown(plan.why === "elsewhere" ? "elsewhere" : "")
    this.plan = plan
    this.mesh.obey(plan)
    this.#changed()
  }

  #record() {
    const { plan } = this
    if (plan?.record?.length && !this.recorder) {
      const token = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["x-csrftoken"]
      this.recorder = new CallRecorder(this.mesh, { url: this.getAttribute("pieces"), page: plan.page, token })
    }
    this.recorder?.follow(plan?.record)
  }

  // what is shown

  #changed() {
    if (!this.mesh || this.mesh.ended) return
    this.#record()
    this.#say(this.plan ? "live" : "connecting")
    const offline = this.socket?.readyState !== WebSocket.OPEN && this.plan
    this.#internals.states[offline ? "add" : "delete"]("offline")
    this.#internals.states[this.mesh.deserted ? "add" : "delete"]("lost")
  }

  #say(state) {
    for (const one of SHOWN) this.#internals.states.delete(one)
    if (state) this.#internals.states.add(state)
  }

  #digits({ digits }) {
    const shown = this.querySelector(".phone__digits")
    shown.textContent = (shown.textContent + digits).slice(-16)
  }

  // Muted and talking: said, for nobody else will say it.
  #listen() {
    const meter = new LoudnessMeter(this.mesh.audio, this.mesh.own)
    let loud = 0
    this.metering = setInterval(() => {
      loud = this.plan?.muted && meter.level > 0.1 ? loud + 1 : 0
      this.#internals.states[loud > 2 ? "add" : "delete"]("talks")
    }, 200)
  }
}

customElements.define("soft-phone", SoftPhone)
