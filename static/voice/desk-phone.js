/** What the phones of agents and supervisors share, whoever carries the sound. */
// One window of a person has the phone: the one that holds the lock named after the leg. The others wait, and the next
// one has it when that window goes. A phone says by its states what it is at; it brings along `carry(over)`, which comes
// to the line and stops where `over` is aborted, `drop()`, `carries`, `trouble(error)`, and `prepare()` for what need not
// wait for the lock.
class DeskPhone extends HTMLElement {
  static SHOWN = ["denied", "none", "busy", "unreached", "elsewhere", "live", "connecting", "lost", "talks", "offline"];
  static RELOADS = 300; // ms; a page that is loaded anew gives the lock back a moment after the next one has begun

  states = this.attachInternals().states;
  #turn = null;
  #leaving = (event) => this.carries && event.preventDefault();

  connectedCallback() {
    this.addEventListener("click", this);
    window.addEventListener("beforeunload", this.#leaving);
    if (!this.hasAttribute("rings")) this.take();
  }

  disconnectedCallback() {
    this.removeEventListener("click", this);
    window.removeEventListener("beforeunload", this.#leaving);
    this.putDown();
  }

  handleEvent({ target }) {
    if (target.closest("[data-answer]")) this.take({ steal: true });
  }

  /** Come to the line, or back to it. Only a person takes the phone away from another window of theirs. */
  async take({ steal = false } = {}) {
    if (this.#turn && !(steal && this.states.has("elsewhere"))) return;
    this.putDown("connecting");
    const turn = (this.#turn = new AbortController());
    const over = turn.signal;
    this.prepare?.();
    const here = steal || (await document.querySelector("phone-check")?.here) !== false;
    if (over.aborted) return; // the call was over before we knew
    if (!here) return this.putDown("elsewhere");
    const waits = setTimeout(() => over.aborted || this.say("elsewhere"), DeskPhone.RELOADS);
    const hold = () => {
      clearTimeout(waits);
      this.say("connecting");
      this.carry(over).catch((error) => over.aborted || this.putDown(this.trouble(error)));
      return new Promise((resolve) => (over.aborted ? resolve() : over.addEventListener("abort", resolve)));
    };
    navigator.locks.request(`call:${this.getAttribute("leg")}`, steal ? { steal } : { signal: over }, hold).catch((error) => {
      if (error.name !== "AbortError") throw error;
      if (this.#turn === turn) this.putDown("elsewhere"); // another window has taken it
    });
  }

  putDown(why = "") {
    this.#turn?.abort();
    this.#turn = null;
    this.drop();
    this.say(why);
  }

  say(state) {
    for (const one of DeskPhone.SHOWN) this.states.delete(one);
    if (state) this.states.add(state);
  }
}
