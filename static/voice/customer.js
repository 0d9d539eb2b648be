/** The customer's telephone, within the widget's window: asks for the microphone, waits in line, talks, hangs up. */
const PATHS = {
  phone: "M6.6 3.2 9.4 3l1.5 4.4-2 1.6a13 13 0 0 0 6.1 6.1l1.6-2 4.4 1.5-.2 2.8c-.1 1.6-1.5 2.8-3.1 2.6C10.5 19.1 4.9 13.5 4 6.3c-.2-1.6 1-3 2.6-3.1z",
  mic: "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21",
  silent: "M9 6a3 3 0 0 1 6 0v5M9 9v2a3 3 0 0 0 4.5 2.6M5.5 11a6.5 6.5 0 0 0 9.5 5.800M12 17.5V21M4 4l16 16",
  note: "M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zm10-2a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z",
  keys: "M6 5h0m6 0h0m6 0h0M6 11h0m6 0h0m6 0h0M6 17h0m6 0h0m6 0h0",
};
const REASONS = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", OverconstrainedError: "none", NotReadableError: "busy" };

class CustomerPhone {
  constructor(panel, h, tab) {
    Object.assign(this, { panel, h, tab, talk: panel.talk, texts: panel.config.calls, plan: null, mesh: null, stage: "" });
    if (tab.get("call")) this.early = openMicrophone().catch(() => null); // this tab was on the line before it was loaded anew
    this.draw();
    const { line, state } = this.talk;
    const chat = line.heard;
    line.heard = (frame) => {
      if (frame.type === "state" && !frame.on_call) this.forget();
      if (frame.type.startsWith("call")) this.heard(frame);
      else chat(frame);
    };
    if (state && !state.on_call) this.forget();
    const render = panel.render;
    panel.render = () => {
      render.call(panel);
      this.show();
    };
    this.show();
    line.send({ type: "call.look" }); // the server may have told before we were there to hear
  }

  t(name, values = {}) {
    return (this.texts[name] || name).replace(/\{(\w+)\}/g, (_, key) => values[key]);
  }

  icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("class", name);
    path.setAttribute("d", PATHS[name]);
    svg.append(path);
    return svg;
  }

  button(name, props, onclick, ...kids) {
    return this.h("button", { type: "button", ...props, onclick }, ...kids, this.t(name));
  }

  draw() {
    const { panel, h } = this;
    const css = new CSSStyleSheet();
    css.replaceSync(VOICE_CSS);
    panel.root.adoptedStyleSheets = [...panel.root.adoptedStyleSheets, css];
    this.start = h("button", { type: "button", class: "icon call-us", "aria-label": this.t("call"), title: this.t("call"), onclick: () => this.ask() }, this.icon("phone"));
    panel.menuButton.before(this.start);
    this.card = h("section", { class: "call", "aria-label": this.t("call"), hidden: true });
    panel.link.after(this.card);
  }

  // before the call

  ask() {
    const agree = this.h("input", { type: "checkbox", id: "call-agree" });
    agree.checked = this.agreed ?? false;
    agree.addEventListener("change", () => (this.agreed = agree.checked));
    this.put("ask", this.h("h2", null, this.t("call")), this.h("p", null, this.t("call_why")),
      this.h("label", { class: "agree", for: "call-agree" }, agree, this.h("span", null, this.t("agree"))),
      this.h("div", { class: "call-row" }, this.button("cancel", { class: "quiet" }, () => this.cancel()), this.button("check", { class: "main" }, () => this.check())));
    this.card.querySelector(".main").focus();
  }

  async check() {
    this.put("allow", this.h("p", { role: "status" }, this.t("allow")), this.h("div", { class: "call-row" }, this.button("cancel", { class: "quiet" }, () => this.cancel())));
    if (!(await this.open()) || this.stage !== "allow") return;
    const bar = this.h("meter", { min: "0", max: "1", value: "0", "aria-label": this.t("level") });
    const words = this.h("p", { role: "status" }, this.t("say"));
    const audio = new AudioContext();
    audio.resume();
    const meter = new LoudnessMeter(audio, audio.createMediaStreamSource(new MediaStream([this.microphone])));
    this.put("check", words, bar, this.h("div", { class: "call-row" }, this.button("cancel", { class: "quiet" }, () => this.cancel()),
      this.button("call_now", { class: "main" }, () => this.call(), this.icon("phone"))));
    this.quieten = () => audio.close();
    this.metering = setInterval(() => {
      bar.value = meter.level;
      if (meter.level > 0.08 && !words.dataset.heard) words.replaceChildren((words.dataset.heard = this.t("heard")));
    }, 100);
    this.card.querySelector(".main").focus();
  }

  /** The microphone, or words on why there is none, and a way on without. */
  async open() {
    try {
      this.microphone = (await this.early) || (await openMicrophone());
      this.early = null;
      return true;
    } catch (error) {
      this.trouble(REASONS[error.name] || "failed");
      return false;
    }
  }

  trouble(name, text) {
    this.put("trouble", this.h("p", { role: "alert" }, text || this.t(name)),
      this.h("div", { class: "call-row" }, this.button("write", { class: "quiet" }, () => this.write()), this.button("again", { class: "main" }, () => this.check())));
  }

  async call() {
    this.calm();
    this.put("connecting", this.h("p", { role: "status" }, this.t("connecting")));
    const fields = Object.fromEntries([...this.panel.body.querySelectorAll("form input, form textarea")].filter(({ name }) => name).map(({ name, value }) => [name, value]));
    const { name, email, text } = this.talk.started ? {} : fields;
    try {
      if (this.talk.over) this.talk.renew();
      await this.talk.start({ name, email, text, call: true, consent: Boolean(this.agreed) });
      this.talk.line.send({ type: "call.look" });
    } catch (problem) {
      this.hush();
      this.trouble("failed", problem.text);
    }
  }

  cancel() {
    this.hush();
    this.put("");
    this.start.focus();
  }

  write() {
    this.cancel();
    (this.panel.body.querySelector("form textarea") || this.panel.composer.text).focus();
  }

  calm() {
    clearInterval(this.metering);
    this.quieten?.();
    this.quieten = null;
  }

  hush() {
    this.calm();
    this.microphone?.stop();
    this.microphone = null;
  }

  // the call

  heard(frame) {
    if (frame.type === "call.signal") this.mesh?.heard(frame);
    else if (frame.type === "call") this.told(frame);
  }

  async told(plan) {
    if (plan.over) return this.over(plan);
    if (!plan.joined) return this.join(plan);
    this.plan = plan;
    if (!this.mesh) {
      if (!this.microphone && !(await this.open())) return;
      this.mesh = new VoiceMesh({ microphone: this.microphone, send: (frame) => this.talk.line.send(frame) });
      this.music = new HoldMusic(this.mesh.audio);
      this.tab.set("call", plan.me);
      this.mesh.addEventListener("changed", () => this.show());
    }
    if ((this.silent ?? plan.muted) !== plan.muted) this.mute(this.silent); // what we wanted was not heard
    this.mesh.obey(plan);
    this.show();
  }

  get muted() {
    return this.plan.muted || this.silent === true;
  }

  /** At once; to be heard again takes the server, who knows by whom. */
  mute(on) {
    this.silent = on;
    this.mesh.silence(on);
    this.talk.line.send({ type: "call.mute", on });
  }

  /** In one window at a time; after a reload in this one again, by itself where the microphone is still ours. */
  join(plan) {
    if (this.mesh && this.plan?.me === plan.me) return this.talk.line.send({ type: "call.join", leg: plan.me, page: this.plan.page });
    if (this.joining === plan.me) return undefined;
    this.joining = plan.me;
    navigator.locks.request(`call:${plan.me}`, { ifAvailable: true }, async (lock) => {
      if (!lock) {
        this.joining = null;
        this.forget();
        return this.put("elsewhere", this.h("p", { role: "status" }, this.t("elsewhere")));
      }
      this.put("connecting", this.h("p", { role: "status" }, this.t("connecting")));
      if (!this.microphone && !(await this.open())) {
        this.joining = null;
        return undefined;
      }
      this.talk.line.send({ type: "call.join", leg: plan.me });
      return new Promise((resolve) => (this.release = resolve));
    });
    return undefined;
  }

  /** There is no call of this tab to come back to. */
  forget() {
    this.tab.set("call", "");
    this.early?.then((microphone) => microphone?.stop());
    this.early = null;
  }

  over({ why }) {
    this.forget();
    if (why === "unknown" && !this.mesh) return;
    this.music?.play(false);
    this.mesh?.end();
    this.release?.();
    Object.assign(this, { mesh: null, music: null, plan: null, microphone: null, joining: null, release: null, silent: null });
    this.put(why === "elsewhere" ? "elsewhere" : "", why === "elsewhere" && this.h("p", { role: "status" }, this.t("elsewhere")),
      why === "elsewhere" && this.h("div", { class: "call-row" }, this.button("rejoin", { class: "main" }, () => this.talk.line.send({ type: "call.look" }))));
  }

  // what is seen

  show() {
    const { plan, mesh, panel, talk } = this;
    this.start.hidden = Boolean(this.stage) || !panel.config.open || (talk.started && !talk.over && !talk.line.up);
    if (!plan || !mesh) return;
    const deserted = mesh.deserted;
    const music = plan.music || deserted;
    this.music.play(music);
    const state = deserted ? "lost" : plan.held ? "held" : plan.state === "waiting" ? "waiting" : mesh.connected ? "talking" : "connecting";
    const { muted } = this;
    const now = JSON.stringify([state, muted, plan.recorded, plan.agent, this.keypad, state === "waiting" && [talk.state.place, talk.state.wait_s]]);
    if (this.shown === now && this.stage === "call") return;
    this.shown = now;
    const focused = panel.root.activeElement?.dataset?.does;
    const does = (name, shape, label, onclick, pressed) => this.h("button", { type: "button", class: `icon ${name}`, "data-does": name, "aria-label": label, title: label, "aria-pressed": pressed, onclick }, this.icon(shape));
    this.put("call",
      this.h("div", { class: "call-words", role: "status" }, this.h("b", null, this.words(state)), this.h("span", { class: "call-more" }, ...this.more(state, music))),
      this.h("div", { class: "call-tools" },
        does("mute", muted ? "silent" : "mic", this.t(muted ? "unmute" : "mute"), () => this.mute(!muted), String(muted)),
        ["talking", "held"].includes(state) && does("keypad", "keys", this.t("keypad"), () => { this.keypad = !this.keypad; this.show(); }, String(Boolean(this.keypad))),
        plan.state === "waiting" && this.button("to_chat", { class: "quiet" }, () => talk.line.send({ type: "call.to_chat" })),
        does("hang-up", "phone", this.t("hang_up"), () => talk.line.send({ type: "call.hang_up" }))),
      this.keypad && this.pad());
    if (focused) this.card.querySelector(`[data-does="${focused}"]`)?.focus();
    this.card.dataset.state = state;
    this.card.dataset.music = music;
  }

  words(state) {
    const { place } = this.talk.state || {};
    const name = this.plan.agent || this.panel.config.title;
    if (state === "waiting") return place ? this.t(place === 1 ? "next" : "place", { place }) : this.t("in_line");
    return state === "connecting" ? this.t(this.plan.agent ? "answering" : "connecting", { name }) : this.t(state, { name });
  }

  more(state, music) {
    const { wait_s: wait } = this.talk.state || {};
    return [
      state === "waiting" && wait && this.t("wait", { minutes: Math.max(1, Math.round(wait / 60)) }),
      music && this.h("span", null, this.icon("note"), this.t("music")),
      this.muted && this.t("muted"),
      state === "talking" && this.h("span", { class: this.plan.recorded ? "recorded" : "" }, this.t(this.plan.recorded ? "recorded" : "not_recorded")),
    ].filter(Boolean).map((part) => this.h("span", null, part));
  }

  pad() {
    return this.h("div", { class: "pad", role: "group", "aria-label": this.t("keypad") }, [..."123456789*0#"].map((digit) =>
      this.h("button", { type: "button", "data-does": digit, onclick: () => this.talk.line.send({ type: "call.digits", digits: digit }) }, digit)));
  }

  put(stage, ...parts) {
    this.calm();
    this.stage = stage;
    this.card.hidden = !stage;
    this.card.dataset.state = stage;
    this.card.replaceChildren(...parts.filter(Boolean));
    this.start.hidden = Boolean(stage) || !this.panel.config.open;
  }
}

export default (panel, h, tab) => new CustomerPhone(panel, h, tab);
