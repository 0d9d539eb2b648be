// <letter-head>: to whom and under which subject. Choosing reply, reply all or forward fills in what the server proposes
// for it.
const listed = (value) => (value ?? "").split(",").map((one) => one.trim()).filter(Boolean)

class LetterHead extends HTMLElement {
  #form
  #chosen = (event) => event.target.name === "kind" && event.target.form === this.#form && this.#fill()
  #sent = () => this.#anew()

  connectedCallback() {
    this.#form = this.own.form
    document.addEventListener("change", this.#chosen)
    this.#form.addEventListener("draft:sent", this.#sent)
    this.addEventListener("input", (event) => event.target !== this.own && this.#changed())
    this.addEventListener("click", (event) => this.#reveal(event.target.closest("[data-reveals]")))
    this.#only()
  }

  disconnectedCallback() {
    document.removeEventListener("change", this.#chosen)
    this.#form.removeEventListener("draft:sent", this.#sent)
  }

  get own() { return this.querySelector("[name=head]") }
  get #kind() { return [...this.#form.elements].filter((field) => field.name === "kind" && field.type === "radio") }
  get #mode() { return this.#kind.find((radio) => radio.checked) }

  #field(name) { return this.querySelector(`[data-draft][name=${name}]`) }

  #changed() {
    this.own.value = "own"
  }

  // What the agent wrote themselves stays: a subject that nobody proposed, an address that no kind of answer names.
  #fill() {
    const mode = this.#mode
    if (mode.value === "note") return
    const proposed = (name) => this.#kind.flatMap((radio) => listed(radio.dataset[name]))
    for (const name of ["to", "cc"]) {
      const all = new Set([...proposed("to"), ...proposed("cc")])
      const added = listed(this.#field(name).value).filter((one) => !all.has(one))
      this.#put(name, [...listed(mode.dataset[name]), ...added].join(", "))
    }
    const subjects = this.#kind.map((radio) => radio.dataset.subject)
    if ([...subjects, ""].includes(this.#field("subject").value)) this.#put("subject", mode.dataset.subject)
    this.#only()
    this.dispatchEvent(new Event("input", { bubbles: true }))
  }

  #put(name, value) {
    const field = this.#field(name)
    field.value = value ?? ""
    const chips = field.closest("address-chips")
    if (!chips) return
    chips.hidden = name !== "to" && !field.value
    this.#button(name)?.toggleAttribute("hidden", !chips.hidden)
    chips.dispatchEvent(new CustomEvent("head:set"))
  }

  #button(name) { return this.querySelector(`[data-reveals=${name}]`) }

  #reveal(button) {
    if (!button) return
    const chips = this.querySelector(`address-chips[data-field=${button.dataset.reveals}]`)
    chips.hidden = false
    button.hidden = true
    chips.querySelector(".addresses__entry").focus()
  }

  // Some files go along with one kind of letter alone: what came with a mail, with its forward.
  #only() {
    for (const chip of this.closest(".composer").querySelectorAll("[data-only]")) {
      chip.hidden = chip.querySelector("input").disabled = chip.dataset.only !== this.#mode?.value
    }
  }

  #anew() {
    const reply = this.#kind.find((radio) => radio.value === "reply")
    if (!reply) return // new mail: its dialog is gone
    reply.checked = true
    for (const name of ["to", "cc", "bcc", "subject"]) this.#put(name, reply.dataset[name])
    this.#only()
    this.own.value = "proposed"
  }
}

customElements.define("letter-head", LetterHead)
