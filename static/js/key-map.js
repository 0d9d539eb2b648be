// <key-map>: a control says its own key (data-key="a"); bare outside text, with Alt anywhere. "?" shows them all.
class KeyMap extends HTMLElement {
  static written(element) {
    return element.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]")
  }

  #pressed = (event) => this.#handle(event)

  #clicked = ({ target }) => {
    if (target.closest('[data-key="?"]')) this.dialog.showModal()
    else if (target === this.dialog || (this.contains(target) && target.closest("[data-close]"))) this.dialog.close()
  }

  connectedCallback() {
    document.addEventListener("keydown", this.#pressed)
    document.addEventListener("click", this.#clicked)
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.#pressed)
    document.removeEventListener("click", this.#clicked)
  }

  get dialog() { return this.querySelector("dialog") }

  #handle(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.isComposing) return
    const typing = KeyMap.written(event.target)
    if (typing && event.key === "Escape") return typing.blur()
    if (typing && !event.altKey) return
    const letter = event.code?.replace(/^(Key|Digit)/, "") ?? ""
    const key = event.altKey ? (event.shiftKey ? letter : letter.toLowerCase()) : event.key
    if (key === "?" || (event.altKey && event.key === "?")) return this.#show(event)
    const open = document.querySelector("dialog[open]")
    if (["j", "k"].includes(key) && !open) return this.#walk(event, key === "j" ? 1 : -1)
    const target = find(key, open ?? document)
    if (!target) return
    event.preventDefault()
    if (target.matches("textarea, input:not([type=radio], [type=checkbox], [type=file]), select")) target.focus()
    else if (target.matches("summary")) (target.click(), target.focus())
    else target.click()
    if (target.dataset.keyThen) document.querySelector(target.dataset.keyThen)?.focus()
  }

  #walk(event, by) {
    event.preventDefault()
    const rows = [...document.querySelectorAll(".work-row")].filter((row) => row.checkVisibility())
    const at = rows.findIndex((row) => row.getAttribute("aria-current") === "true")
    const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : (at + by + rows.length) % rows.length]
    next?.click()
    next?.scrollIntoView({ block: "nearest" })
  }

  #show(event) {
    event.preventDefault()
    if (!this.dialog.open) this.dialog.showModal()
  }
}

// Hidden panes of a phone still answer to keys; a control in a closed menu does too.
function find(key, root) {
  const all = [...root.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].filter((element) => !element.disabled)
  return all.find((element) => element.checkVisibility()) ?? all[0]
}

customElements.define("key-map", KeyMap)
