// <desk-panes>: which of the three panes a small screen shows, which conversation is the open one, and that nothing older
// is drawn over what is newer: a reply with the list of work that was on its way while something was pushed, or a verb
// answered, may have been read before that happened, so the screen is then asked for once more. What a verb answers is
// drawn all the same, unless another conversation was opened since; a mere refresh is not, for somebody may be writing in
// what is new. Which conversation is open is up to what was asked for last. A refresh that fails is asked for again.
const THROWN_AWAY = 2 // refreshes in a row at most, or a busy desk would never be drawn
const AGAIN = 2000 // ms
const here = () => location.pathname + location.search

class DeskPanes extends HTMLElement {
  #internals = this.attachInternals()
  #changedAt = 0
  #movedAt = 0 // when was asked for what is open, or will be
  #thrownAway = 0
  #again
  #handlers = [
    ["htmx:after:swap", () => this.#mark()],
    ["htmx:config:request", ({ detail: { ctx } }) => { ctx.askedAt = performance.now() }],
    ["htmx:before:request", ({ detail: { ctx } }) => this.#asked(ctx)],
    ["htmx:ws:before:message:incoming", ({ detail: { message } }) => this.#pushed(message.data)],
  ]

  connectedCallback() {
    this.show(this.dataset.first || "work")
    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-shows]")
      if (button) this.show(button.dataset.shows)
    })
    for (const handler of this.#handlers) document.addEventListener(...handler)
    this.#mark()
  }

  disconnectedCallback() {
    for (const handler of this.#handlers) document.removeEventListener(...handler)
  }

  show(pane) {
    this.#internals.states.clear()
    this.#internals.states.add(pane)
    for (const button of this.querySelectorAll(".panes-bar [data-shows]")) {
      button.setAttribute("aria-pressed", String(button.dataset.shows === pane))
    }
  }

  #pushed(data) {
    if (data.startsWith("<")) this.#changedAt = performance.now()
  }

  // Told at the document: the element that asked may have left the page by then, and is no reason to draw nothing.
  #asked(ctx) {
    const refresh = ctx.sourceElement === this
    let at = performance.now(), late = false // later than ctx.askedAt where it waited for the one before
    if (refresh) ctx.request.action = here() // something else may have been opened meanwhile
    if (ctx.push) this.#movedAt = Math.max(this.#movedAt, ctx.askedAt)
    if (ctx.swap === "none") ctx.target = this
    const outdated = () => this.#changedAt > at && ctx.text?.includes('hx-target="#work"')
    const moves = () => ctx.hx.location || ctx.text.includes('hx-target="#talk"')
    const over = new AbortController()
    const on = (name, then) =>
      document.addEventListener(name, (event) => event.detail.ctx === ctx && then(event), { signal: over.signal })
    on("htmx:after:request", (event) => {
      late = outdated()
      if (refresh) {
        const elsewhere = ctx.request.action !== here()
        late ||= elsewhere
        this.#thrownAway = elsewhere || (late && this.#thrownAway < THROWN_AWAY) ? this.#thrownAway + 1 : 0
        if (this.#thrownAway) event.preventDefault()
      } else if (moves() && ctx.askedAt < this.#movedAt) {
        late = true
        event.preventDefault()
      } else if (ctx.text.includes("<hx-partial")) {
        at = this.#changedAt = performance.now()
        if (moves()) this.#movedAt = ctx.askedAt
      }
    })
    on("htmx:finally:request", () => {
      over.abort()
      if (late || outdated()) this.#askAgain(0)
      else if (ctx.sourceElement.matches("desk-panes, message-list") && !(ctx.response?.status < 500)) this.#askAgain(AGAIN)
    })
  }

  #askAgain(wait) {
    clearTimeout(this.#again)
    this.#again = setTimeout(() => document.body.dispatchEvent(new CustomEvent("stale")), wait * (0.5 + Math.random()))
  }

  // The list is the same wherever it was rendered (page, reply or push), so "open here" is known here only.
  #mark() {
    const open = this.querySelector(".talk")?.dataset.interaction
    for (const row of this.querySelectorAll(".work-row, a.timeline__item")) {
      if (row.dataset.interaction === open) row.setAttribute("aria-current", "true")
      else row.removeAttribute("aria-current")
    }
    const calling = this.querySelectorAll("[data-offer], section .work-row[data-unread]:not([aria-current])").length
    const count = this.querySelector(".panes-bar .count")
    count.textContent = calling
    count.hidden = !calling
  }
}

customElements.define("desk-panes", DeskPanes)
