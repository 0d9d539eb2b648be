// <modal-box><dialog>…: whatever the server swaps in opens as a modal dialog, and is gone once closed.
class ModalBox extends HTMLElement {
  connectedCallback() {
    const dialog = this.querySelector("dialog")
    const before = document.activeElement
    dialog.addEventListener("close", () => {
      this.remove()
      if (before?.isConnected) before.focus()
    })
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-close]")) dialog.close()
    })
    dialog.showModal()
  }
}

customElements.define("modal-box", ModalBox)
