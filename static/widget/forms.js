/** What is asked before (who are you), after (how was it) and in place of (leave a message) the conversation. */
const field = (t, { name, label, type = "text", required, value }) => {
  const long = type === "textarea";
  const props = { id: `f-${name}`, name, required, maxlength: long ? 1000 : 120, dir: "auto" };
  const input = long ? h(type, { ...props, rows: 3 }) : h("input", { ...props, type, autocomplete: type === "text" ? name : type });
  input.value = value || "";
  return h("label", { for: props.id }, h("span", null, label, !required && h("small", null, ` ${t("optional")}`)), input);
};

const startForm = ({ talk, t, config, store, closed, done }) => {
  const { customer } = talk;
  const asked = closed
    ? [{ name: "name", label: t("name") }, { name: "email", label: t("email"), type: "email", required: true }]
    : config.fields;
  const known = customer ? asked.filter((one) => !customer[one.name]) : asked;
  const trouble = h("p", { class: "trouble", role: "alert" });
  const button = h("button", { class: "main" }, closed ? t("leave") : t("start"));
  const clientId = newId(); // pressed twice or sent again after a lost answer: still one first line
  const form = h("form", {
    class: "card",
    onsubmit: async (event) => {
      event.preventDefault();
      const values = Object.fromEntries(new FormData(form));
      const { text, name, email, ...fields } = values;
      button.disabled = true;
      trouble.textContent = "";
      try {
        await talk.start({ text, name, email, fields, client_id: clientId, leave_message: closed || undefined });
        store.set("draft", null);
        done();
      } catch (problem) {
        if (problem.code === "closed_hours") config.open = false;
        trouble.textContent = problem.code === "network" ? t("no_connection") : problem.text || t("went_wrong");
      }
      button.disabled = false;
    },
  }, known.map((one) => field(t, one)),
  field(t, { name: "text", label: t("question"), type: "textarea", required: true, value: store.get("draft") }), trouble, button);
  return form;
};

const rating = ({ talk, t }) => {
  const { state } = talk;
  if (state.stars) return h("p", { class: "thanks" }, `${"★".repeat(state.stars)} ${t("thanks")}`);
  if (!state.can_rate) return null;
  const comment = h("textarea", { rows: "2", maxlength: "1000", "aria-label": t("comment"), placeholder: t("comment") });
  const button = h("button", { class: "main", disabled: true }, t("rate"));
  const stars = [1, 2, 3, 4, 5].map((count) => h("label", { title: t("stars", { count }) },
    h("input", { type: "radio", name: "stars", value: count, "aria-label": t("stars", { count }), onchange: () => (button.disabled = false) }), icon("star")));
  const form = h("form", {
    class: "rating",
    onsubmit: (event) => {
      event.preventDefault();
      talk.rate(Number(new FormData(form).get("stars")), comment.value);
    },
  }, h("fieldset", null, h("legend", null, t("how_was_it")), h("div", { class: "stars" }, stars)), comment, button);
  return form;
};

const ending = ({ talk, t, save, renew }) => h("div", { class: "ending" },
  h("p", null, t("ended")), rating({ talk, t }),
  h("div", { class: "row" }, h("button", { type: "button", class: "quiet", onclick: save }, t("transcript")),
    h("button", { type: "button", class: "quiet", onclick: renew }, t("new_chat"))));
