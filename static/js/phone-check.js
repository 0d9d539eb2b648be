// <phone-check person="…" url="…" [passed] [available]>: whether this page could take a call, found out when the agent
// becomes available and kept on the server, which offers calls to nobody whose check failed; and the choice of devices.
// The agent's phone is in one tab of a browser, the one that holds its lock; another can take it.
const STALE = 12 * 3600 * 1000 // ms: another day, another headset
const SHOWN = ["checking", "passed", "failed"]

class PhoneCheck extends HTMLElement {
  #internals = this.attachInternals()
  #here = Promise.withResolvers()
  #changed = () => this.#devicesChanged()
  #submitted = ({ target, submitter }) => {
    if (!target.matches?.("[data-unlocks-sound]")) return
    this.toggleAttribute("available", submitter?.value === "available")
    if (this.hasAttribute("available")) this.check({ asked: true })
  }

  connectedCallback() {
    this.addEventListener("click", this)
    this.addEventListener("change", this)
    this.dialog.addEventListener("close", () => this.#rest())
    document.addEventListener("submit", this.#submitted, true)
    navigator.mediaDevices?.addEventListener("devicechange", this.#changed)
    this.#hold()
    if (this.#passed) this.#say("passed")
    else this.#say("")
    if (this.hasAttribute("available")) this.#checkUnlessKnown()
  }

  disconnectedCallback() {
    document.removeEventListener("submit", this.#submitted, true)
    navigator.mediaDevices?.removeEventListener("devicechange", this.#changed)
    this.#rest()
    this.release?.()
  }

  get dialog() { return this.querySelector("dialog") }
  get meter() { return this.querySelector("level-meter") }

  // the check

  get #key() { return `phone:${this.getAttribute("person")}:passed` }
  get #passed() { return this.hasAttribute("passed") && Date.now() - Number(localStorage.getItem(this.#key)) < STALE }

  async #checkUnlessKnown() {
    const permission = await navigator.permissions?.query({ name: "microphone" }).catch(() => null)
    if (!this.#passed || permission?.state === "denied") this.check()
  }

  async check({ asked = false } = {}) {
    if (this.checking) return
    this.checking = true
    this.#say("checking")
    this.setAttribute("aria-busy", "true")
    for (const row of this.querySelectorAll("[data-part]")) this.#result(row, null)
    const trial = new PhoneTrial({
      devices: phoneDevices,
      socket: `${location.origin.replace(/^http/, "ws")}/ws/phone/`,
      servers: async () => (await (await fetch(this.getAttribute("url"))).json()).ice,
    })
    const troubles = await trial.run((part, trouble) => this.#result(this.querySelector(`[data-part="${part}"]`), trouble))
    this.checking = false
    this.removeAttribute("aria-busy")
    if (!this.isConnected) return
    this.#say(troubles.length ? "failed" : "passed")
    if (troubles.length) localStorage.removeItem(this.#key)
    else localStorage.setItem(this.#key, Date.now())
    if (troubles.length && asked) this.open()
    if (this.dialog.open) this.#fill()
    await this.#tell(troubles, trial)
  }

  // Without a connection nothing can be told; it is tried again when there is one.
  async #tell(troubles, { microphone, roundTrip }) {
    const body = new URLSearchParams(troubles.map((trouble) => ["troubles", trouble]))
    body.set("device", deviceName())
    body.set("microphone", microphone.slice(0, 120))
    if (roundTrip !== null) body.set("round_trip", roundTrip)
    const headers = { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers:inherited"))["x-csrftoken"] }
    const reply = await fetch(this.getAttribute("url"), { method: "POST", body, headers }).catch(() => null)
    if (!reply?.ok) document.addEventListener("htmx:ws:after:connection", () => this.check(), { once: true })
  }

  #result(row, trouble) {
    row.dataset.result = trouble === null ? "trying" : trouble ? "bad" : "good"
    for (const words of row.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== (trouble ?? "trying")
  }

  #say(state) {
    for (const one of SHOWN) this.#internals.states.delete(one)
    if (state) this.#internals.states.add(state)
    for (const words of this.querySelectorAll("[data-says]")) words.hidden = words.dataset.says !== state
  }

  // the devices

  handleEvent({ type, target }) {
    if (type === "change" && target.dataset.device) {
      phoneDevices.choose(target.dataset.device, target.value)
      if (target.dataset.device === "microphone") this.#listen()
    }
    if (type !== "click") return
    if (target.closest("[data-opens]")) this.open()
    else if (target.closest("[data-close]") || target === this.dialog) this.dialog.close()
    else if (target.closest("[data-check]")) this.check({ asked: true })
    else if (target.closest("[data-take]")) this.#hold({ steal: true })
    else if (target.closest("[data-play]")) playTone(target.closest("[data-play]").dataset.play)
  }

  open() {
    if (!this.dialog.open) this.dialog.showModal()
    this.#fill()
    this.#listen()
  }

  async #fill() {
    for (const select of this.querySelectorAll("select[data-device]")) {
      const chosen = phoneDevices.chosen(select.dataset.device)
      const found = await phoneDevices.all(select.dataset.device)
      const options = found.map(({ deviceId, label }) => new Option(label || deviceId.slice(0, 6), deviceId, false, deviceId === chosen))
      select.replaceChildren(select.options[0], ...options)
      if (!found.some(({ deviceId }) => deviceId === chosen)) select.selectedIndex = 0
    }
  }

  async #listen() {
    this.#rest()
    try {
      this.track = await phoneDevices.open()
    } catch {
      return // the check says what is wrong
    }
    if (this.dialog.open) this.meter.listen(this.track)
    else this.#rest()
  }

  #rest() {
    this.track?.stop()
    this.meter.rest()
  }

  async #devicesChanged() {
    if (this.dialog.open) await this.#fill()
    if (this.hasAttribute("available") && !(await phoneDevices.all("microphone")).length) this.check()
  }

  // the one tab

  get here() { return this.#here.promise }

  // Whoever is not first waits: when the other tab goes, this one has the phone.
  #hold({ steal = false } = {}) {
    const name = `phone:${this.getAttribute("person")}`
    const keep = (lock) => {
      if (!lock) return this.#elsewhere(true)
      this.#elsewhere(false)
      if (steal) for (const phone of document.querySelectorAll("soft-phone:not([rings]), twilio-phone:not([rings])")) phone.take({ steal })
      return new Promise((release) => (this.release = release))
    }
    const lost = (error) => {
      if (error.name !== "AbortError") throw error
      this.#elsewhere(true)
      return navigator.locks.request(name, keep).catch(lost)
    }
    navigator.locks.request(name, steal ? { steal } : { ifAvailable: true }, keep).then(
      () => this.isConnected && navigator.locks.request(name, keep).catch(lost),
      lost,
    )
  }

  #elsewhere(elsewhere) {
    this.#internals.states[elsewhere ? "add" : "delete"]("elsewhere")
    for (const words of this.querySelectorAll("[data-elsewhere]")) words.hidden = !elsewhere
    this.#here.resolve(!elsewhere)
  }
}

// Three notes that rise: on the loudspeaker, or on the bell.
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

// "Chrome 130, Windows": enough to know which of somebody's machines it was.
function deviceName() {
  const { brands = [], platform = navigator.platform } = navigator.userAgentData ?? {}
  const brand = brands.find(({ brand }) => !/not.?a|chromium/i.test(brand)) ?? brands.find(({ brand }) => brand === "Chromium")
  return [brand ? `${brand.brand} ${brand.version}` : navigator.userAgent.split(" ").at(-1), platform].join(", ").slice(0, 120)
}

customElements.define("phone-check", PhoneCheck)
