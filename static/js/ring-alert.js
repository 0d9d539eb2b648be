// <ring-alert> around the offers: as long as one is there, or a phone rings, it rings, in one tab only and on the bell
// this person chose; every tab's title and icon say so. The tab that holds the lock of an offer rings for it; when that
// tab goes, the next one takes over. Whoever answers in one tab has silence in all at once.
// Most browsers play nothing before the first gesture: until then :state(muted) asks for one.
const EVERY = 2500
const OFFERS = "[data-offer]", PHONES = "#phones > [rings]"
const others = new BroadcastChannel("ring-alert")
const unlocked = Promise.withResolvers()
let audio

class RingAlert extends HTMLElement {
  #internals = this.attachInternals()
  #title = document.title
  #ringing = new Map()
  #blink
  #watch = new MutationObserver(() => this.#look())
  #unlock = () => unlock().then(() => audio.state === "running" && this.#internals.states.delete("muted"))

  connectedCallback() {
    this.#watch.observe(this, { childList: true, subtree: true })
    const phones = document.getElementById("phones")
    if (phones) this.#watch.observe(phones, { childList: true, subtree: true, attributeFilter: ["rings"] })
    document.addEventListener("click", this.#answered, true)
    others.addEventListener("message", this.#told)
    for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, this.#unlock)
    if (audio?.state !== "running") this.#internals.states.add("muted")
    document.addEventListener("submit", this.#asking, true)
    this.#look()
  }

  disconnectedCallback() {
    this.#watch.disconnect()
    document.removeEventListener("click", this.#answered, true)
    others.removeEventListener("message", this.#told)
    for (const name of ["pointerdown", "keydown"]) document.removeEventListener(name, this.#unlock)
    document.removeEventListener("submit", this.#asking, true)
    for (const stop of this.#ringing.values()) stop()
    this.#calm()
  }

  // Accepted, answered or declined: nobody waits for the server to have quiet.
  #answered = ({ target }) => {
    const button = target.closest?.("button")
    const card = button?.closest(`${OFFERS}, ${PHONES}`)
    if (card) this.#hush(idOf(card))
  }

  #told = ({ data }) => this.#ringing.get(data)?.()

  #hush(id) {
    this.#ringing.get(id)?.()
    others.postMessage(id)
  }

  // "Go available" is the moment to ask: a click has been made and its purpose is plain.
  #asking = (event) => {
    if (!event.target.matches?.("[data-unlocks-sound]")) return
    unlock()
    if (window.Notification?.permission === "default") Notification.requestPermission()
  }

  #look() {
    const cards = [...this.querySelectorAll(OFFERS), ...document.querySelectorAll(PHONES)]
    const offers = new Map(cards.map((card) => [idOf(card), card]))
    for (const id of this.#ringing.keys()) if (!offers.has(id)) (this.#hush(id), this.#ringing.delete(id))
    for (const [id, card] of offers) if (!this.#ringing.has(id)) this.#ringing.set(id, this.#ring(id, card))
    if (offers.size && !audio) this.#unlock() // a browser lets those ring at once whose page was used before it was loaded anew
    if (offers.size) this.#alarm(offers.size)
    else this.#calm()
  }

  #ring(id, card) {
    const over = new AbortController()
    const notice = notify(id, card)
    this.#sound(id, over.signal).catch((error) => {
      if (error.name !== "AbortError") throw error
    })
    return () => (over.abort(), notice?.close())
  }

  async #sound(id, signal) {
    await unlocked.promise
    await navigator.locks.request(`ring-${id}`, { signal }, async () => {
      while (!signal.aborted) {
        chime(signal)
        await pause(EVERY, signal)
      }
    })
  }

  #alarm(count) {
    if (this.#blink) return
    this.#title = document.title
    const words = this.getAttribute("words").replace("%", count)
    let on = false
    const blink = () => (document.title = (on = !on) ? words : this.#title)
    blink()
    this.#blink = setInterval(blink, 1000)
    icon(this.getAttribute("ringing"))
  }

  #calm() {
    if (!this.#blink) return
    this.#blink = clearInterval(this.#blink)
    document.title = this.#title
    icon(this.getAttribute("quiet"))
  }
}

async function unlock() {
  if (!audio) {
    audio = new AudioContext()
    await phoneDevices.route(audio, "bell")
  }
  if (audio.state === "suspended") await audio.resume()
  if (audio.state === "running") unlocked.resolve()
}

phoneDevices.addEventListener("chosen", ({ detail }) => detail === "bell" && audio && phoneDevices.route(audio, "bell"))

function idOf(card) {
  return card.dataset.offer ?? card.id
}

function chime(signal) {
  if (audio?.state !== "running") return
  const ring = new GainNode(audio)
  ring.connect(audio.destination)
  signal.addEventListener("abort", () => ring.disconnect(), { once: true })
  for (const [note, at] of [[784, 0], [1047, 0.16], [784, 0.55], [1047, 0.71]]) {
    const start = audio.currentTime + at
    const tone = new OscillatorNode(audio, { frequency: note, type: "triangle" })
    const volume = new GainNode(audio, { gain: 0 })
    volume.gain.linearRampToValueAtTime(0.22, start + 0.015)
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.3)
    tone.connect(volume).connect(ring)
    tone.start(start)
    tone.stop(start + 0.32)
  }
}

function notify(id, card) {
  if (window.Notification?.permission !== "granted" || !document.hidden) return null
  const { title = card.querySelector(".phone__state")?.textContent.trim(), body = "" } = card.dataset
  const notice = new Notification(title, { body, tag: `offer-${id}`, requireInteraction: true })
  notice.addEventListener("click", () => (window.focus(), notice.close()))
  return notice
}

function icon(href) {
  document.querySelector('link[rel="icon"]').href = href
}

function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true })
  })
}

customElements.define("ring-alert", RingAlert)
