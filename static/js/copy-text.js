// <copy-text>: a button that copies the text of the <code> beside it.
class CopyText extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", async (event) => {
      const button = event.target.closest("button")
      if (!button) return
      await navigator.clipboard.writeText(this.querySelector("code").textContent)
      button.dataset.done = ""
      setTimeout(() => delete button.dataset.done, 2000)
    })
  }
}

customElements.define("copy-text", CopyText)
