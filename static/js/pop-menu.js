// <pop-menu><details>…: a menu that closes on choosing, on Escape and on a click elsewhere; arrows walk it.
class PopMenu extends HTMLElement {
  #outside = (event) => !this.contains(event.target) && this.close()

  connectedCallback() {
    this.addEventListener("keydown", (event) => this.#pressed(event))
    this.addEventListener("click", (event) => event.target.closest(".menu__item:not([data-stays])") && this.close())
    document.addEventListener("pointerdown", this.#outside)
  }

  disconnectedCallback() {
    document.removeEventListener("pointerdown", this.#outside)
  }

  get details() { return this.querySelector("details") }

  close() {
    this.details.open = false
  }

  #pressed(event) {
    if (!this.details.open) return
    const items = [...this.querySelectorAll(".menu__item:not(:disabled)")]
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === "Escape") {
      event.stopPropagation()
      this.close()
      this.querySelector("summary").focus()
    } else if (step && items.length) {
      event.preventDefault()
      const at = items.indexOf(document.activeElement)
      items[at < 0 ? (step > 0 ? 0 : items.length - 1) : (at + step + items.length) % items.length].focus()
    }
  }
}

customElements.define("pop-menu", PopMenu)
