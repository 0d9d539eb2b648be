// <sure-button words="Press again to end">: what cannot be undone takes a second press within four seconds.
class SureButton extends HTMLElement {
  #sure = false

  connectedCallback() {
    this.addEventListener("click", (event) => this.#pressed(event), true)
  }

  #pressed(event) {
    if (this.#sure) return this.#calm()
    event.preventDefault()
    event.stopPropagation()
    const words = this.querySelector("span")
    this.#sure = words.textContent
    words.textContent = this.getAttribute("words")
    this.querySelector("button").dataset.sure = ""
    this.timer = setTimeout(() => this.#calm(), 4000)
  }

  #calm() {
    clearTimeout(this.timer)
    if (this.#sure) this.querySelector("span").textContent = this.#sure
    delete this.querySelector("button").dataset.sure
    this.#sure = false
  }
}

customElements.define("sure-button", SureButton)
