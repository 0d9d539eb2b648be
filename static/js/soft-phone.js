// <soft-phone leg="…" pieces="/calls/…/pieces/" [rings]>: this page's share of a call. The buttons in it are requests
// like any other; the element carries the sound (VoiceMesh), keeps what is said (CallRecorder) and has a line of its own
// to the server, whose loss ends nothing.
const SILENCE = 25_000, PING = 10_000
const TROUBLES = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", OverconstrainedError: "none", NotReadableError: "busy" }

class SoftPhone extends DeskPhone {
  #tries = 0

  get carries() { return Boolean(this.mesh) }

  trouble({ name }) { return TROUBLES[name] ?? "busy" }

  // The way to the server opens while the microphone does; whichever is there first waits for the other.
  prepare() {
    this.#dial()
  }

  async carry(over) {
    const microphone = await phoneDevices.open()
    if (over.aborted) return microphone.stop()
    const plays = (element) => phoneDevices.route(element, "speaker")
    this.mesh = new VoiceMesh({ microphone, plays, send: (frame) => this.#send(frame) })
    this.mesh.addEventListener("changed", () => this.#changed())
    this.#join()
    this.#listen()
  }

  hush() {
    this.mesh?.silence(this.silent)
  }

  drop() {
    clearInterval(this.metering)
    clearInterval(this.beating)
    clearTimeout(this.again)
    this.recorder?.stop()
    this.mesh?.end()
    const socket = this.socket
    this.mesh = this.recorder = this.plan = this.socket = null
    if (socket) socket.onclose = null
    socket?.close(1000)
  }

  // the line to the server

  #dial() {
    const socket = (this.socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/phone/`))
    socket.onopen = () => {
      this.#tries = 0
      this.#join()
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

  #join() {
    if (this.mesh) this.#send({ type: "call.join", leg: this.getAttribute("leg"), page: this.plan?.page ?? null })
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
    this.say(this.plan ? "live" : "connecting")
    const offline = this.socket?.readyState !== WebSocket.OPEN && this.plan
    this.states[offline ? "add" : "delete"]("offline")
    this.states[this.mesh.deserted ? "add" : "delete"]("lost")
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
      loud = (this.silent || this.plan?.muted) && meter.level > 0.1 ? loud + 1 : 0
      this.states[loud > 2 ? "add" : "delete"]("talks")
    }, 200)
  }
}

customElements.define("soft-phone", SoftPhone)
