// <address-chips data-field="to">: a field of addresses, each a chip that a press takes out; suggestions while typing.
// What is sent is the hidden input's value, "a@x.example, b@y.example"; whoever sets it dispatches "head:set" on us.
const APART = /[,;\n]+/
const ADDRESS = /[^\s<>"',;]+@[^\s<>"',;]+/
const WHOLE = /^[^\s<>"',;@]+@([^\s<>"',;@.]+\.)+[^\s<>"',;@.]{2,}$/
const MOST_SHOWN = 8

class AddressChips extends HTMLElement {
  #outside = (event) => !this.contains(event.target) && this.#close()

  connectedCallback() {
    this.addEventListener("head:set", () => this.#draw())
    this.entry.addEventListener("input", (event) => this.#typed(event))
    this.entry.addEventListener("keydown", (event) => this.#pressed(event))
    this.entry.addEventListener("paste", (event) => this.#pasted(event))
    this.entry.addEventListener("focus", () => this.#suggest())
    this.entry.addEventListener("blur", () => this.#take())
    this.addEventListener("keydown", (event) => this.#onChip(event))
    this.addEventListener("pointerdown", (event) => this.#pointed(event))
    this.addEventListener("click", (event) => this.#clicked(event))
    document.addEventListener("pointerdown", this.#outside)
    this.#draw()
  }

  disconnectedCallback() {
    document.removeEventListener("pointerdown", this.#outside)
  }

  get field() { return this.querySelector("input[type=hidden]") }
  get entry() { return this.querySelector(".addresses__entry") }
  get menu() { return this.querySelector("[role=listbox]") }
  get known() { return [...(this.parentElement.querySelector("[data-known]")?.children ?? [])] }
  get addresses() { return this.field.value.split(",").map((one) => one.trim()).filter(Boolean) }

  #set(addresses) {
    const once = new Map(addresses.map((one) => [one.toLowerCase(), one]))
    this.field.value = [...once.values()].join(", ")
    this.#draw()
    this.field.dispatchEvent(new Event("input", { bubbles: true }))
  }

  #draw() {
    const chips = this.addresses.map((address) => this.#chip(address))
    for (const old of this.querySelectorAll(".addresses__chips > .address")) old.remove()
    this.entry.before(...chips)
    if (chips.length) this.hidden = false
  }

  #chip(address) {
    const chip = this.querySelector("template").content.firstElementChild.cloneNode(true)
    const known = this.known.find((one) => one.value === address.toLowerCase())
    chip.querySelector("[data-address]").textContent = known?.label ? `${known.label} <${address}>` : address
    chip.dataset.is = !WHOLE.test(address) ? "wrong" : known?.hasAttribute("data-stranger") ? "stranger" : "fine"
    const why = this.parentElement.dataset[chip.dataset.is]
    if (why) chip.title = chip.querySelector("[data-why]").textContent = why
    chip.value = address
    return chip
  }

  // What was typed becomes chips as soon as it is whole; what is no address becomes one that says so.
  #take() {
    const typed = this.entry.value.split(APART).map((one) => (one.match(ADDRESS)?.[0] ?? one).trim()).filter(Boolean)
    this.entry.value = ""
    this.#close()
    if (typed.length) this.#set([...this.addresses, ...typed])
  }

  #typed(event) {
    event.stopPropagation() // nothing of the letter has changed yet
    if (/[,;]$/.test(this.entry.value) || (this.entry.value.endsWith(" ") && ADDRESS.test(this.entry.value))) this.#take()
    else this.#suggest()
  }

  #pasted(event) {
    const text = event.clipboardData?.getData("text") ?? ""
    if (!ADDRESS.test(text)) return
    event.preventDefault()
    this.entry.value += text
    this.#take()
  }

  #suggest() {
    const typed = this.entry.value.trim().toLowerCase()
    const there = new Set(this.addresses.map((one) => one.toLowerCase()))
    const found = this.known
      .filter((one) => !there.has(one.value) && `${one.label} ${one.value}`.toLowerCase().includes(typed))
      .slice(0, MOST_SHOWN)
    this.menu.replaceChildren(...found.map((one, i) => this.#option(one, i)))
    this.menu.hidden = !found.length || (!typed && there.size > 0)
    this.entry.setAttribute("aria-expanded", String(!this.menu.hidden))
    this.#choose(typed ? this.menu.firstElementChild : null)
  }

  #option({ value, label }, i) {
    const option = document.createElement("div")
    option.className = "canned__item"
    option.id = `${this.menu.id}-${i}`
    option.role = "option"
    option.dataset.value = value
    const name = document.createElement("b")
    const address = document.createElement("span")
    name.textContent = label || value.split("@")[0]
    address.textContent = value
    name.className = address.className = "cut"
    option.append(name, address)
    return option
  }

  get #chosen() { return this.menu.hidden ? null : this.menu.querySelector('[aria-selected="true"]') }

  #choose(option) {
    for (const one of this.menu.children) one.setAttribute("aria-selected", String(one === option))
    if (option) this.entry.setAttribute("aria-activedescendant", option.id)
    else this.entry.removeAttribute("aria-activedescendant")
  }

  #close() {
    this.menu.hidden = true
    this.entry.setAttribute("aria-expanded", "false")
    this.entry.removeAttribute("aria-activedescendant")
  }

  #pressed(event) {
    if (event.isComposing) return
    const options = [...this.menu.children]
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && options.length) {
      event.preventDefault()
      if (this.menu.hidden) return (this.menu.hidden = false), this.#choose(options[0])
      const at = options.indexOf(this.#chosen)
      this.#choose(options[at < 0 ? (step > 0 ? 0 : options.length - 1) : (at + step + options.length) % options.length])
    } else if (event.key === "Escape" && !this.menu.hidden) {
      event.preventDefault()
      event.stopPropagation()
      this.#close()
    } else if (["Enter", "Tab"].includes(event.key) && !event.ctrlKey && !event.metaKey) {
      const picked = this.#chosen && (event.key === "Enter" || this.entry.value)
      if (event.key === "Enter" || picked) event.preventDefault()
      if (picked) this.entry.value = this.#chosen.dataset.value
      this.#take()
      if (event.key === "Enter") this.#suggest()
    } else if (event.key === "Backspace" && !this.entry.value) {
      this.#set(this.addresses.slice(0, -1))
    } else if (event.key === "ArrowLeft" && !this.entry.selectionEnd) {
      this.entry.previousElementSibling?.matches(".address") && this.entry.previousElementSibling.focus()
    }
  }

  #onChip(event) {
    const chip = event.target.closest(".address")
    if (!chip) return
    const next = { ArrowLeft: chip.previousElementSibling, ArrowRight: chip.nextElementSibling }[event.key]
    if (next?.matches(".address, input")) next.focus()
    else if (["Delete", "Backspace"].includes(event.key)) this.#without(chip)
    else return
    event.preventDefault()
  }

  #without(chip) {
    this.#set(this.addresses.filter((one) => one !== chip.value))
    this.entry.focus()
  }

  #pointed(event) {
    const option = event.target.closest("[role=option]")
    if (!option) return
    event.preventDefault() // the field keeps the focus, so nothing half typed is taken for an address
    this.entry.value = option.dataset.value
    this.#take()
    this.entry.focus()
  }

  #clicked(event) {
    const chip = event.target.closest(".address")
    if (chip) this.#without(chip)
    else if (event.target.closest(".addresses__chips")) this.entry.focus()
  }
}

customElements.define("address-chips", AddressChips)
