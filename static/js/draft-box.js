// <draft-box key="7:41" name="typed_at" hx-post="…/draft/" hx-trigger="draft:pause"><textarea form="reply-41" data-typed="…">:
// what is being written outlives a switch, a reload, a push and a lost link. "/" opens canned replies. Enter sends, or
// with enter="newline" Ctrl+Enter. What else of the form is part of the draft says so (data-draft).
const PAUSE = 800
const AGAIN = 3000 // ms until what could not be saved is tried once more
const WRITES = 2000 // ms between two signs that somebody writes
const DAY = 86_400_000

class DraftBox extends HTMLElement {
  #timer
  #form
  #typedAt = 0
  #wrote = 0
  #inFlight = []
  #handlers

  connectedCallback() {
    this.#form = this.text.form // once we are out of the page, the text has none
    this.#restore()
    this.#handlers = [
      [this, "input", (event) => this.#typed(event.target)],
      [this.text, "keydown", (event) => this.#pressed(event)],
      [this.closest(".composer"), "click", (event) => this.#clicked(event)],
      [this, "htmx:config:request", ({ detail: { ctx } }) => { ctx.typedAt = this.#typedAt }],
      [this, "htmx:finally:request", (event) => this.#saved(event.detail.ctx)],
      [this.#form, "submit", () => this.#look(), true],
      [this.#form, "htmx:config:request", (event) => this.#leaving(event.detail.ctx)],
      [this.#form, "htmx:finally:request", (event) => this.#returned(event.detail.ctx)],
      [window, "storage", (event) => this.#elsewhere(event)],
    ]
    for (const handler of this.#handlers) handler[0]?.addEventListener(...handler.slice(1))
    if (this.hasAttribute("focus") && matchMedia("(hover: hover)").matches) this.#focus()
  }

  disconnectedCallback() {
    const followed = document.querySelector(`draft-box[key="${CSS.escape(this.getAttribute("key"))}"]`)
    if (this.#timer && !followed) this.#keep() // another box for the same draft knows better what stands in it
    clearTimeout(this.#timer)
    for (const handler of this.#handlers) handler[0]?.removeEventListener(...handler.slice(1))
  }

  #focus() {
    this.text.focus({ preventScroll: true })
    this.text.setSelectionRange(this.text.value.length, this.text.value.length)
  }

  get value() { return this.#typedAt } // posted with the draft, by our name

  get text() { return this.querySelector("textarea") }
  get menu() { return this.querySelector(".canned") }
  get #slot() { return `draft:${this.getAttribute("key")}` }

  #restore() {
    const fresh = this.hasAttribute("fresh") // what the server has just put into the box goes before what we kept
    const kept = fresh ? null : JSON.parse(localStorage.getItem(this.#slot) ?? "null")
    this.#typedAt = Number(this.text.dataset.typed || 0)
    if (kept && kept.at > this.#typedAt) {
      this.#typedAt = kept.at
      this.text.value = kept.text
      this.#putHead(kept.head)
      if (kept.text !== this.text.defaultValue) this.#later()
    }
    this.#form.elements.client_id.value = kept?.id ?? crypto.randomUUID()
    if (fresh && this.#form.elements.seen) this.#form.elements.seen.value = ""
    if (this.text.value) this.#look(kept?.seen)
    if (fresh) this.#keep()
  }

  // The number of the last line its writer saw when they began: what is said after it, they may not know of.
  #look(seen) {
    const field = this.#form.elements.seen
    if (field && !field.value) field.value = seen || [...this.closest(".talk").querySelectorAll("[data-seq]")].at(-1)?.dataset.seq
  }

  get #fields() { return [...this.#form.elements].filter((field) => "draft" in field.dataset && field.name !== "kept") }
  get #kinds() { return [...this.#form.elements].filter((field) => field.name === "kind" && field.type === "radio") }

  // Only what the agent chose themselves: what is proposed may be another thing by the time they come back.
  #head() {
    const fields = Object.fromEntries(this.#fields.map((field) => [field.name, field.value]))
    return fields.head === "own" ? { ...fields, kind: this.#kinds.find((radio) => radio.checked)?.value } : undefined
  }

  #putHead(head) {
    if (!head) return
    for (const field of this.#fields) field.value = head[field.name] ?? ""
    for (const radio of this.#kinds) radio.checked = radio.value === head.kind
    for (const field of this.#fields) field.parentElement.dispatchEvent(new CustomEvent("head:set"))
  }

  #keep() {
    const { client_id, seen } = this.#form.elements
    this.#typedAt = Math.max(Date.now(), this.#typedAt + 1) // after what it was typed on, whatever clock that went by
    const kept = { text: this.text.value, head: this.#head(), at: this.#typedAt, id: client_id.value, seen: seen?.value }
    localStorage.setItem(this.#slot, JSON.stringify(kept))
  }

  #later(wait = PAUSE) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#save(), wait)
  }

  // A reply or a draft on its way goes first, and drops this one: then there is no answer that would end the wait.
  #save() {
    this.#timer = undefined
    if (!this.isConnected) return
    this.#later(AGAIN)
    this.dispatchEvent(new CustomEvent("draft:pause"))
  }

  #saved(ctx) {
    if (ctx.sourceElement !== this || ctx.typedAt !== this.#typedAt || !(ctx.response?.status < 500)) return
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #typed(field) {
    this.#look()
    this.#keep()
    this.#later()
    if (field !== this.text) return
    this.#tell()
    this.#canned(this.text.value.startsWith("/") && !this.text.value.includes("\n"))
  }

  // Never afterwards, as a throttled trigger would: they have sent it by then.
  #tell() {
    if (!this.text.value || Date.now() - this.#wrote < WRITES) return
    this.#wrote = Date.now()
    this.text.dispatchEvent(new CustomEvent("typing"))
  }

  #pressed(event) {
    const open = this.menu && !this.menu.hidden
    if (event.isComposing) return
    if (open && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault()
      this.#step(event.key === "ArrowDown" ? 1 : -1)
    } else if (open && ["Enter", "Tab"].includes(event.key) && this.#picked()) {
      event.preventDefault()
      this.#insert(this.#picked())
    } else if (open && event.key === "Escape") {
      event.preventDefault()
      event.stopPropagation()
      this.#canned(false)
    } else if (event.key === "Enter" && this.#sends(event)) {
      event.preventDefault()
      const then = event.shiftKey ? this.closest(".composer").querySelector('[data-sends="shift"]') : null
      if (this.text.value.trim() || this.#files()) this.#form.requestSubmit(then)
    }
  }

  #sends({ ctrlKey, metaKey, shiftKey, altKey }) {
    if (this.getAttribute("enter") === "newline") return (ctrlKey || metaKey) && !altKey
    return !shiftKey && !altKey
  }

  #files() {
    return [...this.#form.elements].some((field) => field.files?.length)
  }

  #canned(show) {
    if (!this.menu) return
    this.menu.hidden = !show
    if (show) this.menu.dispatchEvent(new CustomEvent("canned:find"))
    else this.menu.replaceChildren()
  }

  #picked() {
    return this.menu.querySelector('[aria-selected="true"]') ?? this.menu.querySelector(".canned__item")
  }

  #step(by) {
    const items = [...this.menu.querySelectorAll(".canned__item")]
    const next = items[(items.indexOf(this.#picked()) + by + items.length) % items.length]
    for (const item of items) item.setAttribute("aria-selected", String(item === next))
    next?.scrollIntoView({ block: "nearest" })
  }

  #insert(item) {
    this.text.value = item.dataset.text
    this.#canned(false)
    this.text.focus()
    this.#typed(this.text)
  }

  #clicked(event) {
    const item = event.target.closest(".canned__item")
    if (item) this.#insert(item)
    if (!event.target.closest("[data-canned]")) return
    if (!this.text.value) this.text.value = "/"
    this.text.focus()
    this.#canned(true)
  }

  // The words leave the box with their request and come back if it fails, with the same client id: no line twice.
  #leaving(ctx) {
    if (ctx.sourceElement !== this.#form) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    const { client_id, seen } = this.#form.elements
    this.#inFlight.push({ ctx, text: this.text.value, id: client_id.value, seen: seen?.value })
    this.text.value = ""
    client_id.value = crypto.randomUUID()
    if (seen) seen.value = ""
    this.#canned(false)
  }

  #returned(ctx) {
    const sent = this.#inFlight.find((one) => one.ctx === ctx)
    if (!sent) return
    this.#inFlight.splice(this.#inFlight.indexOf(sent), 1)
    if (ctx.response?.status < 300) {
      this.#form.dispatchEvent(new CustomEvent("draft:sent", { bubbles: true }))
    } else {
      const only = !this.text.value.trim()
      this.text.value = only ? sent.text : `${sent.text}\n${this.text.value}`
      if (only) this.#form.elements.client_id.value = sent.id
      if (sent.seen) this.#form.elements.seen.value = sent.seen
    }
    this.#keep()
    if (this.text.value) this.#later()
  }

  #elsewhere(event) {
    if (event.key !== this.#slot || !event.newValue) return
    if (document.hasFocus() && document.activeElement === this.text) return
    const { text, head } = JSON.parse(event.newValue)
    this.text.value = text
    this.#putHead(head)
  }
}

// The server has the drafts too: a browser keeps them no longer than needed, and not for whoever signs in next.
function forget(unwanted) {
  for (const slot of Object.keys(localStorage).filter((name) => name.startsWith("draft:"))) {
    if (unwanted(JSON.parse(localStorage.getItem(slot)))) localStorage.removeItem(slot)
  }
}

forget(({ text, at }) => at < Date.now() - (text ? 30 * DAY : DAY))
document.addEventListener("submit", (event) => event.target.matches("[data-forgets-drafts]") && forget(() => true))

customElements.define("draft-box", DraftBox)
