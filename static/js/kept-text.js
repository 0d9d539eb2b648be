// <kept-text key="7:wrap-up:41"><textarea name="note"></textarea></kept-text>: what is typed and not on the server yet
// outlives a switch, a reload and a lost link, in this browser, and stands in its other windows too. Our form, or what
// saves from within us, brings it there; with `empties` the box is empty afterwards.
const SETTLED = 1000 // ms until htmx knows what it found in the page

class KeptText extends HTMLElement {
  #timer
  #typed = () => localStorage.setItem(this.#slot, JSON.stringify({ text: this.box.value, at: Date.now() }))

  #elsewhere = ({ key, oldValue, newValue }) => {
    if (key !== this.#slot || (document.hasFocus() && document.activeElement === this.box)) return
    if (newValue) this.box.value = JSON.parse(newValue).text
    else if (oldValue) this.#empty(JSON.parse(oldValue).text)
  }

  connectedCallback() {
    this.addEventListener("input", this.#typed)
    window.addEventListener("storage", this.#elsewhere)
    const text = this.#kept
    if (text === undefined || text === this.box.value) return
    this.box.value = text
    this.#timer = setTimeout(() => this.box.dispatchEvent(new Event("input", { bubbles: true })), SETTLED)
  }

  disconnectedCallback() {
    clearTimeout(this.#timer)
    this.removeEventListener("input", this.#typed)
    window.removeEventListener("storage", this.#elsewhere)
  }

  get box() { return this.querySelector("textarea, input") }
  get #slot() { return `draft:${this.getAttribute("key")}` } // forgotten with the drafts, after a while or a sign-out
  get #kept() { return JSON.parse(localStorage.getItem(this.#slot) ?? "{}").text }

  taken(text) {
    if (this.#kept === text) localStorage.removeItem(this.#slot)
    this.#empty(text)
  }

  #empty(text) {
    if (this.hasAttribute("empties") && this.box.value === text) this.box.value = ""
  }
}

customElements.define("kept-text", KeptText)

// Told at the document, for whoever asked may have left the page by then.
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const asked = ctx.sourceElement
  const kept = asked.matches("form") ? asked.querySelector("kept-text") : asked.closest("kept-text")
  if (kept && ctx.response?.status < 300) kept.taken(ctx.request.body.get(kept.box.name))
})
