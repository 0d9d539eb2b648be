// <desk-panes>: which of the three panes a small screen shows, and which row of work is the open conversation.
class DeskPanes extends HTMLElement {
  #internals = this.attachInternals()
  #drawn = () => this.#mark()

  connectedCallback() {
    this.show(this.dataset.first || "work")
    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-shows]")
      if (button) this.show(button.dataset.shows)
    })
    document.addEventListener("htmx:after:swap", this.#drawn)
    this.#mark()
  }

  disconnectedCallback() {
    document.removeEventListener("htmx:after:swap", this.#drawn)
  }

  show(pane) {
    this.#internals.states.clear()
    this.#internals.states.add(pane)
    for (const button of this.querySelectorAll(".panes-bar [data-shows]")) {
      button.setAttribute("aria-pressed", String(button.dataset.shows === pane))
    }
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
