/** What the phones of agents and supervisors share, whoever carries the sound. */
// One window of a person has the phone: the one that holds the lock named after the leg. The others wait, and the next
// one has it when that window goes. A phone says by its states what it is at; it brings along `carry(over)`, which comes
// to the line and stops where `over` is aborted, `drop()`, `carries`, `trouble(error)`, and `prepare()` for what need not
// wait for the lock; and `hush(on)`, which keeps the own voice back. Whoever mutes themselves is silent at once, and is
// heard again when the server, which alone knows who may hear whom, says so too.
class DeskPhone extends HTMLElement {
  static SHOWN = ["denied", "none", "busy", "unreached", "elsewhere", "live", "connecting", "lost", "talks", "offline"];
  static RELOADS = 300; // ms; a page that is loaded anew gives the lock back a moment after the next one has begun
  static MUTES_AGAIN = 2000; // ms until the server, which could not be reached, is told again
  static observedAttributes = ["muted"]; // as the server has it

  states = this.attachInternals().states;
  silent = false;
  #turn = null;
  #leaving = (event) => this.carries && event.preventDefault();

  connectedCallback() {
    this.addEventListener("click", this);
    this.addEventListener("htmx:finally:request", this.#told);
    window.addEventListener("beforeunload", this.#leaving);
    if (!this.hasAttribute("rings")) this.take();
  }

  disconnectedCallback() {
    this.removeEventListener("click", this);
    this.removeEventListener("htmx:finally:request", this.#told);
    window.removeEventListener("beforeunload", this.#leaving);
    this.putDown();
  }

  handleEvent({ target }) {
    if (target.closest("[data-answer]")) this.take({ steal: true });
    const mute = target.closest("[data-silent]");
    if (mute) this.silence(mute.dataset.silent === "yes");
  }

  attributeChangedCallback(_name, before) {
    this.silence(this.silent && before === null);
  }

  silence(on) {
    this.silent = on;
    this.states[on ? "add" : "delete"]("silent");
    this.hush(on || this.hasAttribute("muted"));
    const pressed = this.querySelector("[data-silent]:focus");
    if (pressed && !pressed.checkVisibility()) this.querySelector("[data-silent]:not(:focus)").focus();
  }

  #told = ({ target, detail: { ctx } }) => {
    if (target.dataset.silent !== "yes" || ctx.response?.status < 500) return;
    setTimeout(() => this.silent && !this.hasAttribute("muted") && this.querySelector('[data-silent="yes"]')?.click(), DeskPhone.MUTES_AGAIN);
  };

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
    this.silence(false);
    this.drop();
    this.say(why);
  }

  say(state) {
    for (const one of DeskPhone.SHOWN) this.states.delete(one);
    if (state) this.states.add(state);
  }
}
