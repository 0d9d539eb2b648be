// <link-health live="Live" …>: the state of this desk's socket, always in words.
// A server that has not been heard for SILENCE is taken for dead (a laptop that slept): hang up, htmx dials again
// (the server answers a hang-up with 1000, which is why that code is among `reconnectCodes`).
const SILENCE = 25_000

class LinkHealth extends HTMLElement {
  #internals = this.attachInternals()
  #connection
  #heard = Date.now()
  #handlers = [
    [document, "htmx:ws:before:connection", (event) => this.#opening(event.detail.connection)],
    [document, "htmx:ws:after:connection", () => this.#say("live")],
    [document, "htmx:ws:before:message:incoming", (event) => this.#hear(event.detail.message.data)],
    [document, "htmx:ws:close", (event) => this.#closed(event.detail)],
    [window, "online", () => this.#redial()],
    [window, "offline", () => this.#say("offline")],
  ]

  connectedCallback() {
    for (const [target, name, handler] of this.#handlers) target.addEventListener(name, handler)
    this.#say("connecting")
    this.timer = setInterval(() => this.#listen(), 5000)
  }

  disconnectedCallback() {
    for (const [target, name, handler] of this.#handlers) target.removeEventListener(name, handler)
    clearInterval(this.timer)
  }

  #opening(connection) {
    this.#connection = connection
    if (connection.attempt) this.#say("reconnecting")
  }

  #hear(data) {
    this.#heard = Date.now()
    if (data.startsWith("{") && JSON.parse(data).type === "resync") document.body.dispatchEvent(new CustomEvent("stale"))
  }

  #closed({ code }) {
    if (code === 4401) this.#say("signedout")
    else if (code === 4403) this.#say("refused")
    else this.#say(navigator.onLine ? "reconnecting" : "offline")
  }

  #listen() {
    if (this.state === "live" && Date.now() - this.#heard > SILENCE) this.#redial()
  }

  #redial() {
    this.#say("reconnecting")
    this.#connection?.socket?.close()
  }

  #say(state) {
    if (state === "live") this.#heard = Date.now()
    this.state = state
    this.textContent = this.getAttribute(state)
    this.#internals.states.clear()
    this.#internals.states.add({ live: "live", connecting: "waiting", reconnecting: "waiting" }[state] ?? "lost")
    this.dispatchEvent(new CustomEvent("link:changed", { bubbles: true, detail: { state } }))
  }
}

customElements.define("link-health", LinkHealth)
