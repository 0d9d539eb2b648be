// <file-chips input="files-41">: shows the files about to be sent, takes pasted and dropped ones, lets one go. Those that
// go along without being uploaded again (a forwarded mail's) stand in it already.
class FileChips extends HTMLElement {
  connectedCallback() {
    this.input.addEventListener("change", () => this.#show())
    this.input.form?.addEventListener("draft:sent", () => this.#set([]))
    this.input.form?.addEventListener("draft:sent", () => this.querySelector("[data-kept]")?.replaceChildren())
    this.addEventListener("click", ({ target }) => this.#leaveOut(target.closest("[data-kept-file]")))
    const composer = this.closest(".composer")
    composer.addEventListener("paste", (event) => this.#take(event, event.clipboardData))
    composer.addEventListener("dragover", (event) => event.preventDefault())
    composer.addEventListener("drop", (event) => this.#take(event, event.dataTransfer))
  }

  get input() { return document.getElementById(this.getAttribute("input")) }

  #take(event, data) {
    if (!data?.files.length) return
    event.preventDefault()
    this.#set([...this.input.files, ...data.files])
  }

  #set(files) {
    const transfer = new DataTransfer()
    for (const file of files) transfer.items.add(file)
    this.input.files = transfer.files
    this.#show()
  }

  // Files that are on the server already; leaving one out is a change of the draft.
  #leaveOut(chip) {
    if (!chip) return
    const from = chip.parentElement
    chip.remove()
    from.dispatchEvent(new Event("input", { bubbles: true }))
  }

  #show() {
    const list = this.querySelector(".composer__files")
    list.replaceChildren(...[...this.input.files].map((file) => this.#chip(file)))
  }

  #chip(file) {
    const chip = this.querySelector("template").content.firstElementChild.cloneNode(true)
    chip.querySelector("[data-name]").textContent = file.name
    chip.addEventListener("click", () => this.#set([...this.input.files].filter((other) => other !== file)))
    return chip
  }
}

customElements.define("file-chips", FileChips)
