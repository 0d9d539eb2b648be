// <message-list data-messages="…/messages/" data-read="seen-41">: bubbles in order, once each, with none missing.
// A bubble says its own number (data-seq) and the one before it (data-prev); a hole is fetched again.
const RESYNC = [
  [document, "htmx:ws:after:connection"],
  [document.body, "stale"],
]

class MessageList extends HTMLElement {
  #atEnd = true
  #asked = -1
  #seen = 0
  #sized
  #watch = new MutationObserver((changes) => this.#settle(changes))
  #resync = () => {
    this.fetchAfter(this.#contiguous())
    if (this.dataset.read && this.#told.value) this.#tell(this.#told.value) // the line may have broken before it was heard
  }
  #look = () => this.#tellRead()

  connectedCallback() {
    this.addEventListener("scroll", () => this.#scrolled(), { passive: true })
    this.addEventListener("click", (event) => event.target.closest("[data-jump]") && this.toEnd())
    for (const [target, name] of RESYNC) target.addEventListener(name, this.#resync)
    document.addEventListener("visibilitychange", this.#look)
    this.#seen = Number(this.dataset.seen ?? 0)
    this.#watch.observe(this, { childList: true })
    this.#sized = new ResizeObserver(() => this.#atEnd && this.toEnd())
    this.#sized.observe(this)
    this.toEnd()
    this.#tellRead()
  }

  disconnectedCallback() {
    for (const [target, name] of RESYNC) target.removeEventListener(name, this.#resync)
    document.removeEventListener("visibilitychange", this.#look)
    this.#watch.disconnect()
    this.#sized.disconnect()
  }

  get bubbles() {
    return [...this.querySelectorAll(":scope > [data-seq]")]
  }

  toEnd() {
    this.scrollTop = this.scrollHeight
  }

  fetchAfter(seq) {
    if (!this.isConnected || this.#asked === seq) return
    this.#asked = seq
    this.dispatchEvent(new CustomEvent("resync", { bubbles: true, detail: { after: seq } }))
    const url = `${this.dataset.messages}?after=${seq}`
    htmx.ajax("GET", url, { source: this, target: this, swap: "beforeend" }).finally(() => (this.#asked = -1))
  }

  #settle(changes) {
    const added = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.dataset?.seq)
    if (!added.length) return
    const older = added.some((node) => node.dataset.older)
    const from = this.scrollHeight - this.scrollTop
    this.#order(added)
    if (this.#atEnd && !older) this.toEnd()
    else if (older) this.scrollTop = this.scrollHeight - from
    else this.querySelector("[data-jump]")?.removeAttribute("hidden")
    const sound = this.#contiguous()
    if (sound < this.#last()) this.fetchAfter(sound)
    this.#tellRead()
  }

  #order(added) {
    const seen = new Map()
    for (const bubble of this.bubbles) {
      const twin = seen.get(bubble.dataset.seq)
      if (twin) twin.replaceWith(bubble)
      seen.set(bubble.dataset.seq, bubble)
    }
    const sorted = [...seen.values()].sort((a, b) => a.dataset.seq - b.dataset.seq)
    if (sorted.some((bubble, i) => i && sorted[i - 1].compareDocumentPosition(bubble) & Node.DOCUMENT_POSITION_PRECEDING)) {
      this.append(...sorted)
    }
    const foot = this.querySelector(":scope > .talk__jump")
    if (foot && foot !== this.lastElementChild) this.append(foot)
  }

  // The last number up to which nothing is missing, counted from the oldest bubble shown.
  #contiguous() {
    let last
    for (const { dataset } of this.bubbles) {
      if (last !== undefined && Number(dataset.prev) > last) return last
      last = Number(dataset.seq)
    }
    return last ?? 0
  }

  get #told() {
    return document.getElementById(this.dataset.read)
  }

  // The field goes up the desk's line; one that is not yet wired (a page just drawn) sends what it holds once it is.
  #tell(seq) {
    this.#told.value = seq
    this.#told.dispatchEvent(new CustomEvent("seen"))
  }

  #last() {
    return Number(this.bubbles.at(-1)?.dataset.seq ?? 0)
  }

  #scrolled() {
    this.#atEnd = this.scrollHeight - this.scrollTop - this.clientHeight < 40
    if (!this.#atEnd) return
    this.querySelector("[data-jump]")?.setAttribute("hidden", "")
    this.#tellRead()
  }

  #tellRead() {
    const seq = this.#last()
    if (document.hidden || !this.#atEnd || !this.dataset.read || seq <= this.#seen) return
    this.#seen = seq
    if (this.bubbles.at(-1).dataset.kind === "outbound") return // a reply says by itself that what came before was read
    this.#tell(seq)
  }
}

customElements.define("message-list", MessageList)
