// <phone-check person="…" url="…" [passed] [available]>: whether this page could take a call, found out when the agent
// becomes available and kept on the server, which offers calls to nobody whose check failed.
// The agent's phone is in one tab of a browser, the one that holds its lock; another can take it.
const STALE = 12 * 3600 * 1000 // ms: another day, another headset
const RELOADS = 300 // ms
const SHOWN = ["checking", "passed", "failed"]

class PhoneCheck extends HTMLElement {
  #internals = this.attachInternals()
  #settled = Promise.withResolvers()
  #changed = () => this.#devicesChanged()
  #submitted = ({ target, submitter }) => {
    if (!target.matches?.("[data-unlocks-sound]")) return
    this.toggleAttribute("available", submitter?.value === "available")
    if (this.hasAttribute("available")) this.check({ asked: true })
  }

  connectedCallback() {
    this.addEventListener("click", this)
    this.dialog.addEventListener("close", () => this.devices.rest())
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
    this.release?.()
  }

  get dialog() { return this.querySelector("dialog") }
  get devices() { return this.querySelector("phone-devices") }

  // the check

  get #key() { return `phone:${this.getAttribute("person")}:passed` }
  get #passed() { return this.hasAttribute("passed") && Date.now() - Number(localStorage.getItem(this.#key)) < STALE }

  async #checkUnlessKnown() {
    if (!(await this.here)) return
    const permission = await navigator.permissions?.query({ name: "microphone" }).catch(() => null)
    permission?.addEventListener("change", this.#changed)
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
    this.failed = troubles.length > 0
    this.#say(this.failed ? "failed" : "passed")
    if (troubles.length) localStorage.removeItem(this.#key)
    else localStorage.setItem(this.#key, Date.now())
    if (troubles.length && asked) this.open()
    if (this.dialog.open) this.devices.fill()
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

  handleEvent({ target }) {
    if (target.closest("[data-opens]")) this.open()
    else if (target.closest("[data-close]") || target === this.dialog) this.dialog.close()
    else if (target.closest("[data-check]")) this.check({ asked: true })
    else if (target.closest("[data-take]")) this.#hold({ steal: true })
  }

  open() {
    if (!this.dialog.open) this.dialog.showModal()
    this.devices.open()
  }

  // What was missing may be there now, and the other way round.
  async #devicesChanged() {
    if (!this.hasAttribute("available") || !(await this.here)) return
    if (this.failed || !(await phoneDevices.all("microphone")).length) this.check()
  }

  // the one tab

  // Whether the phone is in this tab, once that is known.
  get here() { return this.#settled.promise.then(() => !this.elsewhere) }

  // Whoever is not first waits: when the other tab goes, this one has the phone, and the calls that were there. A page
  // that is loaded anew has it within a moment.
  #hold({ steal = false } = {}) {
    const name = `phone:${this.getAttribute("person")}`
    const waits = setTimeout(() => this.#elsewhere(true), RELOADS)
    const keep = () => {
      clearTimeout(waits)
      const back = steal || this.elsewhere
      this.#elsewhere(false)
      if (back) for (const phone of document.querySelectorAll("soft-phone:not([rings]), twilio-phone:not([rings])")) phone.take({ steal })
      return new Promise((release) => (this.release = release))
    }
    const lost = (error) => {
      if (error.name !== "AbortError") throw error
      this.#elsewhere(true)
      navigator.locks.request(name, keep).catch(lost)
    }
    navigator.locks.request(name, steal ? { steal } : {}, keep).catch(lost)
  }

  #elsewhere(elsewhere) {
    this.elsewhere = elsewhere
    this.#internals.states[elsewhere ? "add" : "delete"]("elsewhere")
    for (const words of this.querySelectorAll("[data-elsewhere]")) words.hidden = !elsewhere
    this.#settled.resolve()
  }
}

// "Chrome 130, Windows": enough to know which of somebody's machines it was.
function deviceName() {
  const { brands = [], platform = navigator.platform } = navigator.userAgentData ?? {}
  const brand = brands.find(({ brand }) => !/not.?a|chromium/i.test(brand)) ?? brands.find(({ brand }) => brand === "Chromium")
  return [brand ? `${brand.brand} ${brand.version}` : navigator.userAgent.split(" ").at(-1), platform].join(", ").slice(0, 120)
}

customElements.define("phone-check", PhoneCheck)
