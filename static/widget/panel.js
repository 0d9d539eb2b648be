/** The launcher and the window with everything in it. */
class Panel {
  constructor({ host, root, talk, config, store, full }) {
    const t = (name, values) => (config.texts[name] || name).replace(/\{(\w+)\}/g, (_, key) => values[key]);
    Object.assign(this, { host, root, talk, config, store, full, t });
    this.narrow = matchMedia("(max-width: 480px)");
    this.thread = new Thread({ talk, t, language: config.language });
    this.composer = new Composer({ talk, t, limits: config.limits, store });
    this.build();
    this.open = full || tab.get("open") === "1";
    this.render();
    document.addEventListener("visibilitychange", () => this.render());
    setInterval(() => this.render(), 15000);
    if (config.calls) import(`${base}voice.js`).then((voice) => voice.default(this, h, tab));
  }

  build() {
    const { t, config } = this;
    this.badge = h("span", { class: "badge", hidden: true });
    this.launcher = h("button", { type: "button", class: "launcher", "aria-haspopup": "dialog", onclick: () => this.toggle() },
      icon("chat"), icon("down"), this.badge);
    this.face = h("span", { class: "face", "aria-hidden": "true" });
    this.title = h(this.full ? "h1" : "h2", { id: "title" }, config.title);
    this.below = h("p", { class: "below" });
    this.menu = h("div", { class: "menu", role: "menu", hidden: true },
      h("button", { type: "button", role: "menuitem", onclick: () => this.save() }, t("transcript")),
      (this.endItem = h("button", { type: "button", role: "menuitem", onclick: () => this.askEnd() }, t("end"))));
    this.menuButton = iconButton("more", t("menu"), () => this.showMenu(), { "aria-haspopup": "menu", "aria-expanded": "false" });
    this.link = h("p", { class: "link-state", role: "status", hidden: true });
    this.body = h("div", { class: "body" });
    this.foot = h("div", { class: "foot" });
    this.confirm = h("div", { class: "confirm", role: "alertdialog", "aria-labelledby": "sure", hidden: true },
      h("p", { id: "sure" }, t("end_sure")),
      h("div", { class: "row" }, (this.keep = h("button", { type: "button", class: "quiet", onclick: () => this.answerEnd(false) }, t("keep"))),
        h("button", { type: "button", class: "main", onclick: () => this.answerEnd(true) }, t("end"))));
    this.panel = h("section", {
      class: "panel", role: this.full ? "main" : "dialog", "aria-labelledby": "title", hidden: true,
      onkeydown: (event) => this.pressed(event),
      ondragover: (event) => event.preventDefault(),
      ondrop: (event) => {
        event.preventDefault();
        if (this.mode === "talk") this.composer.add(event.dataTransfer.files);
      },
    }, h("header", null, this.face, h("div", { class: "names" }, this.title, this.below), this.menuButton,
      !this.full && iconButton("down", t("minimise"), () => this.toggle(false)), this.menu), this.link, this.body, this.confirm, this.foot);
    this.root.append(h("div", { class: "root" }, this.panel, !this.full && this.launcher));
    this.root.addEventListener("click", (event) => {
      if (!this.menu.hidden && !event.composedPath().includes(this.menuButton)) this.showMenu(false);
      if (!event.composedPath().some((one) => one === this.composer.emoji || one === this.composer.emojiButton)) this.composer.emoji.hidden || this.composer.toggleEmoji(false);
    });
  }

  toggle(open = !this.open) {
    this.open = open;
    tab.set("open", open ? "1" : "");
    this.render();
    if (open) (this.panel.querySelector("form input, form textarea, .composer textarea") || this.menuButton).focus();
    else this.launcher.focus();
  }

  showMenu(show = this.menu.hidden) {
    this.menu.hidden = !show;
    this.menuButton.setAttribute("aria-expanded", String(show));
    if (show) this.menu.firstChild.focus();
  }

  pressed(event) {
    if (event.key === "Escape") {
      if (!this.menu.hidden) {
        this.showMenu(false);
        this.menuButton.focus();
      } else if (!this.confirm.hidden) this.answerEnd(false);
      else if (!this.full) this.toggle(false);
    }
    if (!this.menu.hidden && /^Arrow(Up|Down)$/.test(event.key)) {
      event.preventDefault();
      (this.root.activeElement === this.menu.firstChild ? this.menu.lastChild : this.menu.firstChild).focus();
    }
    if (event.key !== "Tab" || this.full || !this.narrow.matches) return;
    // On a phone the window covers the page, so the page behind must not take the focus.
    const stops = [...this.panel.querySelectorAll("button, input, textarea, select, a[href], [tabindex]")]
      .filter((one) => !one.disabled && one.offsetParent);
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (this.root.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
  }

  askEnd() {
    this.showMenu(false);
    this.confirm.hidden = false;
    this.keep.focus();
  }

  answerEnd(yes) {
    this.confirm.hidden = true;
    if (yes) this.talk.end();
    else this.menuButton.focus();
  }

  async save() {
    try {
      const url = URL.createObjectURL(await this.talk.transcript());
      h("a", { href: url, download: "chat.txt" }).click();
      setTimeout(() => URL.revokeObjectURL(url), 10000);
    } catch {
      this.say(this.t("went_wrong"));
    }
  }

  say(text) {
    this.link.hidden = !text;
    if (this.link.textContent !== text) this.link.textContent = text;
  }

  render() {
    const { talk, t, config } = this;
    const { state } = talk;
    const agent = state && state.agent;
    this.panel.hidden = !this.open;
    this.host.toggleAttribute("data-open", this.open);
    this.panel.toggleAttribute("aria-modal", this.narrow.matches && !this.full);
    this.launcher.setAttribute("aria-expanded", String(this.open));
    this.launcher.setAttribute("aria-label", talk.unread ? t("unread", { count: talk.unread }) : this.open ? t("minimise") : t("open"));
    this.badge.hidden = this.open || !talk.unread;
    this.badge.textContent = talk.unread;
    this.title.textContent = agent || config.title;
    const below = agent ? config.title : config.open ? "" : config.opens ? t("opens", { when: this.when(config.opens) }) : t("closed");
    this.below.textContent = below;
    if (this.face.dataset.of !== (agent || "")) {
      this.face.dataset.of = agent || "";
      this.face.replaceChildren(agent ? [...agent.matchAll(/(^|\s)(\S)/g)].map((part) => part[2]).slice(0, 2).join("") : icon("chat"));
    }
    this.menuButton.hidden = !talk.started;
    this.endItem.hidden = talk.over;
    this.endItem.disabled = !talk.line.up;
    if (talk.over) this.confirm.hidden = true;
    this.say(talk.started && !talk.line.up && talk.line.tries ? t("reconnecting") : talk.trouble || "");
    this.arrange(!talk.started ? `form ${config.open}` : talk.over ? `over ${state.stars} ${state.can_rate}` : "talk");
    if (!talk.started) return;
    this.thread.render();
    if (this.open && !document.hidden) talk.seen();
  }

  /** Put in place what this moment asks for; nothing is built again while it stays the same. */
  arrange(mode) {
    if (mode === this.mode) return;
    const { talk, t, config, store } = this;
    const moved = this.mode;
    this.mode = mode;
    if (!talk.started) {
      const closed = !config.open;
      this.body.replaceChildren(h("div", { class: "welcome" },
        h("p", { class: "greeting", dir: "auto" }, closed ? t("closed_greeting") : config.greeting),
        startForm({ talk, t, config, store, closed, done: () => this.composer.text.focus() })));
      this.foot.replaceChildren();
      return;
    }
    if (this.thread.element.parentNode !== this.body) this.body.replaceChildren(this.thread.element);
    if (mode === "talk") {
      this.foot.replaceChildren(this.composer.element);
      this.composer.text.value = store.get("draft") || "";
      this.composer.typed(true);
    } else {
      this.foot.replaceChildren(ending({ talk, t, save: () => this.save(), renew: () => talk.renew() }));
    }
    if (moved && this.open && !moved.startsWith("form")) this.foot.querySelector("textarea, input, button").focus();
  }

  when(moment) {
    return new Intl.DateTimeFormat(this.config.language, { weekday: "long", hour: "numeric", minute: "2-digit" }).format(new Date(moment));
  }
}
