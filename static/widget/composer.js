/** Where the visitor writes: text, emoji, files. */
const EMOJI = [..."😀😄😊🙂😉😍😘😎🤔😅😂🤣😢😭😡😱🙄😴🤗🤝👍👎👏🙏💪👋✌️❤️💔🎉🔥✨⭐✅❌❓❗☕🌷🎁".matchAll(/\p{Emoji}️?/gu)].map(String);

class Composer {
  constructor({ talk, t, limits, store }) {
    Object.assign(this, { talk, t, limits, store, files: [] });
    this.text = h("textarea", {
      rows: "1", "aria-label": t("write"), placeholder: t("write"), dir: "auto", enterkeyhint: "send",
      oninput: () => this.typed(), onkeydown: (event) => this.pressed(event), onpaste: (event) => this.pasted(event),
    });
    this.text.value = store.get("draft") || "";
    this.pick = h("input", { type: "file", multiple: true, hidden: true, onchange: () => this.add(this.pick.files), accept: limits.accept });
    this.chips = h("div", { class: "chips", hidden: true });
    this.hint = h("small", { class: "hint", role: "status" });
    this.sendButton = iconButton("send", t("send"), () => this.send(), { class: "icon send" });
    this.emoji = h("div", { class: "emoji", hidden: true, role: "group", "aria-label": t("emoji"), onkeydown: (event) => this.browse(event) },
      EMOJI.map((one) => h("button", { type: "button", onclick: () => this.insert(one) }, one)));
    this.emojiButton = iconButton("smile", t("emoji"), () => this.toggleEmoji(), { "aria-expanded": "false" });
    this.element = h("div", { class: "composer" },
      this.emoji, this.chips, this.text,
      h("div", { class: "tools" }, iconButton("clip", t("attach"), () => this.pick.click()), this.emojiButton, this.hint, this.pick, this.sendButton));
    this.typed(true);
  }

  typed(quiet) {
    const { value } = this.text;
    this.store.set("draft", value || null);
    this.text.rows = 1;
    // No style attribute: rows follow the height the text asks for.
    const line = 21;
    this.text.rows = Math.min(6, Math.max(value.split("\n").length, Math.round((this.text.scrollHeight - 16) / line), 1));
    const left = this.limits.characters - value.length;
    this.hint.textContent = left < this.limits.characters / 10 ? String(left) : "";
    this.hint.toggleAttribute("data-over", left < 0);
    this.sendButton.disabled = left < 0 || (!value.trim() && !this.files.length);
    if (!quiet && value) this.talk.writes();
  }

  pressed(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  }

  pasted(event) {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    this.add(event.clipboardData.files);
  }

  add(files) {
    for (const file of files) {
      if (this.files.length >= this.limits.files) this.hint.textContent = this.t("too_many_files", { count: this.limits.files });
      else if (file.size > this.limits.bytes) this.hint.textContent = this.t("file_too_large", { name: file.name, size: sizeOf(this.limits.bytes) });
      else this.files.push(file);
    }
    this.pick.value = "";
    this.showChips();
  }

  showChips() {
    this.chips.hidden = !this.files.length;
    this.chips.replaceChildren(...this.files.map((file) => h("span", { class: "file" }, icon("page"), h("span", { dir: "auto" }, file.name),
      iconButton("close", `${this.t("remove")} ${file.name}`, () => {
        this.files = this.files.filter((one) => one !== file);
        this.showChips();
      }))));
    this.sendButton.disabled = !this.text.value.trim() && !this.files.length;
    this.text.focus();
  }

  toggleEmoji(show = this.emoji.hidden) {
    this.emoji.hidden = !show;
    this.emojiButton.setAttribute("aria-expanded", String(show));
    if (show) this.emoji.firstChild.focus();
  }

  browse(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
    if (event.key === "Escape") {
      event.stopPropagation();
      this.toggleEmoji(false);
      this.emojiButton.focus();
    } else if (step) {
      event.preventDefault();
      const all = [...this.emoji.children];
      (all[all.indexOf(event.target) + step] || event.target).focus();
    }
  }

  insert(emoji) {
    this.text.setRangeText(emoji, this.text.selectionStart, this.text.selectionEnd, "end");
    this.toggleEmoji(false);
    this.text.focus();
    this.typed();
  }

  send() {
    const text = this.text.value.trim();
    if ((!text && !this.files.length) || text.length > this.limits.characters) return;
    this.talk.say(text, this.files);
    this.files = [];
    this.text.value = "";
    this.showChips();
    this.typed(true);
  }
}
