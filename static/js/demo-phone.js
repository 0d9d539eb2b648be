// <demo-phone host="127.0.0.1:2527" data-state="…">: somebody's telephone in the demo's network. It speaks with the
// network by websocket (tests/twilio/caller.py has the words) and carries sound by WebRTC; on the line is who has a state
// of ON. Without a microphone it still hears, and its keys work.
const ON = ["calling", "listening", "menu", "waiting", "held", "talking", "recording"]
const MUSIC = ["waiting", "held"], UNSAID = ["idle", "calling", "listening", "menu"]
const RING = { tone: 425, on: 1, every: 4 } // Hz and seconds, as it rings in Europe
const SERVER_AHEAD = Number(document.querySelector('meta[name="now"]').content) - Date.now() // whose time clocks count
const COMES_BACK = 1000, COMES_BACK_LAST = 8000 // ms

class DemoPhone extends HTMLElement {
  #socket
  #tries = 0
  #connection
  #microphone
  #speaker = new Audio()
  #since
  #ringing

  connectedCallback() {
    this.addEventListener("click", this)
    this.addEventListener("change", this)
    document.addEventListener("keydown", this.#typed)
    this.#dial()
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.#typed)
    this.#socket.onclose = null
    this.#socket.close()
    this.#release()
  }

  get state() { return this.dataset.state }

  get on() { return ON.includes(this.state) }

  handleEvent({ type, target }) {
    if (type === "change") return target.name === "from" && this.#here()
    const button = target.closest("button")
    if (button?.dataset.key) this.#press(button.dataset.key)
    else if (button) this.#do(button.dataset.do)
  }

  #typed = (event) => {
    if (!this.on || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select")) return
    const key = this.querySelector(`[data-key="${CSS.escape(event.key)}"]`)
    if (!key) return
    event.preventDefault()
    this.#press(event.key)
  }

  #do(what) {
    if (what === "call") this.#call()
    else if (what === "answer") this.#answer()
    else if (what === "hang_up") this.#send({ type: "hang_up" })
  }

  // the network

  #dial() {
    const socket = (this.#socket = new WebSocket(`ws://${this.getAttribute("host")}/caller`))
    socket.onopen = () => {
      this.#tries = 0
      this.#here()
      if (this.state === "starting") this.#show("idle")
      else this.#controls()
    }
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(data))
    socket.onclose = () => {
      this.#release()
      this.#show(this.on || this.state === "rings" ? "lost" : this.state)
      setTimeout(() => this.isConnected && this.#dial(), Math.min(COMES_BACK_LAST, COMES_BACK * 2 ** this.#tries++))
    }
  }

  #send(message) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  #hear(message) {
    if (message.type === "sdp") this.#connection?.setRemoteDescription({ type: "answer", sdp: message.sdp })
    else if (message.type === "said") this.#note(message.words, "said")
    else if (message.type === "state") this.#show(message.state)
    else if (message.type === "rings") this.#rings(message.caller)
    else if (message.type === "over") this.#over(message.why)
  }

  #here() {
    const own = this.querySelector("[name=from]")
    if (own.checkValidity()) this.#send({ type: "here", number: own.value })
  }

  // a call

  async #call() {
    const own = this.querySelector("[name=from]")
    if (!own.reportValidity() || this.on) return
    const to = this.querySelector("[name=to]").value
    this.#here()
    this.#begin(to)
    this.#send({ type: "call", to, sdp: await this.#offer() })
  }

  async #answer() {
    this.#begin(this.querySelector(".handset__other").textContent)
    this.#send({ type: "answer", sdp: await this.#offer() })
  }

  #begin(other) {
    this.querySelector(".heard__words").replaceChildren()
    this.querySelector(".handset__digits").textContent = ""
    this.querySelector(".handset__other").textContent = other
    this.#since = Date.now()
    const clock = document.createElement("wait-clock")
    clock.setAttribute("since", new Date(this.#since + SERVER_AHEAD).toISOString())
    this.querySelector(".handset__clock").replaceChildren(clock)
    this.#show("calling")
  }

  // Before any way is looked for: the network knows where it is itself, and is told no more than it needs.
  async #offer() {
    const connection = (this.#connection = new RTCPeerConnection())
    connection.ontrack = ({ track }) => {
      this.#speaker.srcObject = new MediaStream([track])
      this.#speaker.play().catch(() => {})
    }
    const track = await this.#listen()
    connection.addTransceiver(track ?? "audio", { direction: track ? "sendrecv" : "recvonly" })
    const offer = await connection.createOffer()
    await connection.setLocalDescription(offer)
    return offer.sdp
  }

  async #listen() {
    let trouble = ""
    try {
      this.#microphone = (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks()[0]
    } catch ({ name }) {
      trouble = name === "NotAllowedError" ? "denied" : "none"
    }
    for (const words of this.querySelectorAll("[data-microphone]")) words.hidden = words.dataset.microphone !== trouble
    return this.#microphone
  }

  #press(key) {
    if (!this.on) return
    this.#send({ type: "key", key })
    const shown = this.querySelector(".handset__digits")
    shown.textContent = (shown.textContent + key).slice(-16)
  }

  #rings(caller) {
    this.querySelector(".handset__other").textContent = caller
    this.querySelector(".handset__clock").replaceChildren()
    this.#show("rings")
    const ring = () => sound(this.#ringing.audio)
    this.#ringing = { audio: new AudioContext(), timer: setInterval(() => ring(), RING.every * 1000) }
    ring()
  }

  #over(why) {
    this.#release()
    this.#show(why)
  }

  #release() {
    clearInterval(this.#ringing?.timer)
    this.#ringing?.audio.close()
    this.#connection?.close()
    this.#microphone?.stop()
    this.#speaker.srcObject = null
    this.#ringing = this.#connection = this.#microphone = null
    const clock = this.querySelector("wait-clock")
    clock?.replaceWith(clock.textContent) // how long it was
  }

  // what is shown

  #show(state) {
    if (state !== this.state && this.state !== "starting" && !UNSAID.includes(state)) this.#note(this.#words(state), state)
    this.dataset.state = state
    if (state !== "rings") clearInterval(this.#ringing?.timer)
    for (const words of this.querySelectorAll("[data-says]")) words.hidden = words.dataset.says !== state
    this.#controls()
  }

  #controls() {
    const { on } = this
    const rings = this.state === "rings"
    this.toggleAttribute("data-on", on || rings)
    for (const key of this.querySelectorAll("[data-key]")) key.disabled = !on
    for (const field of this.querySelectorAll("[name=to], [name=from]")) field.disabled = on || rings
    const held = document.activeElement?.closest("[data-do]")
    const shown = { call: !on && !rings, answer: rings, hang_up: on || rings }
    for (const button of this.querySelectorAll("[data-do]")) button.hidden = !shown[button.dataset.do]
    for (const words of this.querySelectorAll("[data-ends]")) words.hidden = (words.dataset.ends === "ring") !== rings
    this.querySelector("[data-do=call]").disabled = this.#socket.readyState !== WebSocket.OPEN
    if (held?.hidden) this.querySelector("[data-do]:not([hidden])").focus() // whoever works by keyboard goes on there
  }

  #words(state) {
    return this.querySelector(`[data-says="${state}"]`).textContent.trim()
  }

  // What is said again while one waits, is said anew at the end, not once more.
  #note(words, kind) {
    const all = this.querySelector(".heard__words")
    const entry = document.createElement("li")
    const time = document.createElement("time")
    const seconds = Math.floor((Date.now() - (this.#since ?? Date.now())) / 1000)
    time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
    entry.dataset.kind = kind === "said" ? kind : MUSIC.includes(kind) ? "music" : "state"
    entry.append(time, words)
    for (const old of all.children) if (kind === "said" && old.lastChild.data === words) old.remove()
    all.append(entry)
    all.hidden = false
    this.querySelector(".heard__none").hidden = true
    all.scrollTop = all.scrollHeight
  }
}

function sound(audio) {
  const volume = new GainNode(audio, { gain: 0.08 })
  const tone = new OscillatorNode(audio, { frequency: RING.tone })
  tone.connect(volume).connect(audio.destination)
  tone.start()
  tone.stop(audio.currentTime + RING.on)
}

customElements.define("demo-phone", DemoPhone)
