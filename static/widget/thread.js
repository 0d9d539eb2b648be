/** The conversation as a list of bubbles; a line keeps its element from "sending" to "read". */
class Thread {
  constructor({ talk, t, language }) {
    Object.assign(this, { talk, t, rows: new Map() });
    this.clock = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
    this.list = h("ol", { class: "lines", "aria-live": "polite", "aria-label": t("conversation"), "aria-busy": "true" });
    this.dots = h("div", { class: "typing", hidden: true }, h("i"), h("i"), h("i"), h("span", { class: "unseen" }));
    this.notice = h("div", { class: "notice", role: "status" });
    this.element = h("div", { class: "thread", tabindex: "0" }, this.list, this.dots, this.notice);
    this.element.addEventListener("scroll", () => {
      this.following = this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight < 80;
    });
    this.following = true;
  }

  render() {
    const { talk, t } = this;
    const lines = [...talk.messages, ...talk.pending.map((line) => ({ ...line, kind: "inbound", waiting: line }))];
    const keys = new Set(lines.map((line) => line.client_id || line.seq));
    for (const [key, row] of this.rows) if (!keys.has(key)) this.remove(key, row);
    lines.forEach((line, index) => this.place(line, index, lines[index + 1]));
    this.list.ariaBusy = String(!talk.line.up);
    this.dots.hidden = !talk.typist;
    if (talk.typist) this.dots.lastChild.textContent = t("typing", { name: talk.typist });
    this.showNotice();
    if (this.following) this.element.scrollTop = this.element.scrollHeight;
  }

  remove(key, row) {
    row.element.remove();
    this.rows.delete(key);
  }

  place(line, index, next) {
    const key = line.client_id || line.seq;
    let row = this.rows.get(key);
    if (row && row.waiting !== Boolean(line.waiting)) {
      row.files.replaceChildren(...this.attachments(line)); // the server's names and addresses take over
      row.waiting = Boolean(line.waiting);
    }
    if (!row) this.rows.set(key, (row = this.build(line)));
    if (this.list.children[index] !== row.element) this.list.insertBefore(row.element, this.list.children[index] || null);
    const last = !next || next.kind !== line.kind || (line.who || "") !== (next.who || "") || row.waiting;
    row.element.toggleAttribute("data-last", last);
    row.element.toggleAttribute("data-failed", Boolean(line.failed));
    if (row.progress && line.waiting) row.progress.value = line.waiting.progress || 0;
    const about = last && line.kind !== "system" ? this.about(line) : "";
    if (row.about.dataset.shown !== about || line.failed) {
      row.about.dataset.shown = about;
      row.about.replaceChildren(...(line.failed ? this.remedies(line) : about ? [about] : []));
    }
  }

  build(line) {
    const row = { waiting: Boolean(line.waiting), about: h("small", { class: "about" }), files: h("div", { class: "files" }) };
    row.progress = line.files && h("progress", { max: "1", value: "0", "aria-label": this.t("sending") });
    row.files.append(...this.attachments(line));
    if (row.progress) row.files.append(row.progress);
    const who = line.kind === "inbound" ? this.t("you") : line.kind === "outbound" && line.who;
    const text = line.notice ? this.told(line) : line.text;
    row.element = h("li", { class: line.kind },
      who && h("span", { class: "unseen" }, `${who}: `),
      text && h("p", { dir: "auto" }, ...linked(text)), row.files, row.about);
    return row;
  }

  told({ notice, who }) {
    const text = { waiting: "waiting_notice", left: "left_notice", ended: "agent_ended" }[notice] || notice;
    return this.t(text, { name: who });
  }

  attachments({ attachments, files }) {
    return (attachments || files || []).map(({ name, size, type, token }) => {
      const url = token && `${this.talk.root}attachments/${token}/`;
      const chip = h(url ? "a" : "span", { class: "file", href: url, target: "_blank", rel: "noopener nofollow", download: name },
        icon("page"), h("span", { dir: "auto" }, name), h("small", null, sizeOf(size)));
      if (!url || !/^image\/(png|jpeg|gif|webp)$/.test(type)) return chip;
      const picture = h("img", { src: url, alt: name, loading: "lazy" });
      const frame = h("a", { class: "picture", href: url, target: "_blank", rel: "noopener nofollow" }, picture);
      picture.onload = () => { if (this.following) this.element.scrollTop = this.element.scrollHeight; };
      picture.onerror = () => frame.replaceWith(chip); // the site's own policy may forbid pictures from elsewhere
      return frame;
    });
  }

  about(line) {
    if (line.waiting) return this.talk.over ? this.t("not_sent") : this.t("sending");
    const time = this.clock.format(new Date(line.at));
    if (line.kind === "outbound") return `${line.who} · ${time}`;
    return `${time} · ${this.t(line.seq <= this.talk.agentRead ? "read" : "delivered")}`;
  }

  remedies(line) {
    return [`${this.t("not_sent")} ${line.failed} `,
      h("button", { type: "button", class: "link", onclick: () => this.talk.again(line.waiting) }, this.t("try_again")), " ",
      h("button", { type: "button", class: "link", onclick: () => this.talk.drop(line) }, this.t("remove"))];
  }

  /** Where the visitor stands, said only as far as it is known. */
  showNotice() {
    const { state } = this.talk;
    const parts = [];
    if (state && state.state === "queued") {
      if (!state.live) parts.push(h("b", null, this.t("left")));
      else if (!state.attended) {
        parts.push(this.t("nobody"), h("button", { type: "button", class: "quiet", onclick: () => this.talk.later() }, this.t("answer_later")));
      } else if (state.place) {
        parts.push(h("b", null, state.place === 1 ? this.t("next") : this.t("place", { place: state.place })));
        if (state.wait_s) parts.push(this.t("wait", { minutes: Math.max(1, Math.round(state.wait_s / 60)) }));
      } else parts.push(h("b", null, this.t("waiting")));
    }
    const shown = parts.map((part) => part.textContent || part).join();
    if (shown === this.notice.dataset.shown) return;
    this.notice.dataset.shown = shown;
    this.notice.hidden = !shown;
    this.notice.replaceChildren(...parts.map((part) => h("div", null, part)));
  }
}
