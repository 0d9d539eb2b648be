// <toast-stack>: polite notices that leave by themselves, stay while read, and never pile up.
const STAY = 7000

class ToastStack extends HTMLElement {
  #watch = new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => this.#greet(node))))

  connectedCallback() {
    for (const toast of this.children) this.#greet(toast)
    this.#watch.observe(this, { childList: true })
    this.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast")?.remove())
    document.addEventListener("htmx:error", (event) => this.#failed(event.detail.ctx))
    document.addEventListener("htmx:response:error", (event) => this.#refused(event.detail.ctx))
  }

  disconnectedCallback() {
    this.#watch.disconnect()
  }

  #greet(toast) {
    if (!toast.matches?.(".toast")) return
    while (this.querySelectorAll(".toast").length > 4) this.querySelector(".toast").remove()
    const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 1000) : toast.remove())
    setTimeout(leave, STAY)
  }

  // Requests the person started and that never reached the server: say so, once.
  #failed(ctx) {
    if (ctx?.request?.method === "POST" && ctx.swap !== "none") this.#say("unreachable")
  }

  #refused(ctx) {
    const { status } = ctx.response
    if (status >= 500) this.#say("broken")
    else if (![401, 409, 422].includes(status)) this.#say("refused")
  }

  #say(name) {
    if (this.querySelector(`[data-name="${name}"]`)) return
    this.append(this.querySelector(`template[data-say="${name}"]`).content.cloneNode(true))
  }
}

customElements.define("toast-stack", ToastStack)
