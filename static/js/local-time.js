// <local-time datetime="…" show="time|clock|date|both|near">: a moment in the viewer's own zone and language.
const FORMATS = {
  time: { hour: "numeric", minute: "2-digit" },
  clock: { hour: "numeric", minute: "2-digit", second: "2-digit" },
  date: { day: "numeric", month: "short", year: "numeric" },
  both: { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" },
}

class LocalTime extends HTMLElement {
  static observedAttributes = ["datetime", "show"]

  connectedCallback() {
    this.#write()
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#write()
  }

  #write() {
    const moment = new Date(this.getAttribute("datetime"))
    if (Number.isNaN(moment.getTime())) return
    const page = document.documentElement.lang
    const language = navigator.languages.find((one) => one.startsWith(page)) ?? (page || undefined)
    const zone = document.documentElement.dataset.zone || undefined
    const near = moment.toDateString() === new Date().toDateString() ? "time" : "both"
    const show = this.getAttribute("show") ?? "near"
    const format = (options) => new Intl.DateTimeFormat(language, { ...options, timeZone: zone }).format(moment)
    this.textContent = format(FORMATS[show === "near" ? near : show] ?? FORMATS.both)
    this.title = format({ dateStyle: "full", timeStyle: "medium" })
  }
}

customElements.define("local-time", LocalTime)
