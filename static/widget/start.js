/** One script tag is the whole installation; what it says about itself is the configuration: */
// data-entry: the entry point's key · data-language, data-theme (light or dark): when not as the page and the system say
// data-customer-id, -name, -email, data-signature: who is signed in, the id signed with HMAC-SHA256 by your server
// data-full: no launcher, the whole window (our own page)
const script = document.currentScript;
const { entry, full, theme, language, customerId, customerName, customerEmail, signature } = script.dataset;
const base = new URL(".", script.src).href;

const paint = (root, host, { accent }) => {
  const css = new CSSStyleSheet();
  css.replaceSync(CSS_TEXT);
  root.adoptedStyleSheets = [css];
  if (!/^#[0-9a-f]{6}$/i.test(accent)) return;
  const [red, green, blue] = [1, 3, 5].map((at) => (parseInt(accent.slice(at, at + 2), 16) / 255) ** 2.2);
  const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  host.style.setProperty("--accent", accent);
  host.style.setProperty("--on-accent", light > 0.36 ? "#16181d" : "#fff");
};

const wish = language || document.documentElement.lang || navigator.language || "";
let talk, panel;

const begin = async (tries = 0) => {
  const store = openStore(entry);
  talk ||= new Talk({
    base, entry: encodeURIComponent(entry), store, language: wish, changed: () => panel && panel.render(),
    customer: customerId && { id: customerId, name: customerName, email: customerEmail, signature },
  });
  // Loaded anew in the midst of a call: back on the line at once.
  if (tab.get("call")) talk.resume();
  let config;
  try {
    const reply = await fetch(`${base}visit/${encodeURIComponent(entry)}/config/?language=${encodeURIComponent(wish)}`, { credentials: "omit" });
    // Not for this site: no chat, and no noise.
    if (reply.status === 403 || reply.status === 404) return talk.line.close();
    if (!reply.ok) throw reply;
    config = await reply.json();
  } catch {
    setTimeout(begin, Math.min(60000, 2000 * 2 ** tries) * (0.5 + Math.random() / 2), tries + 1);
    return;
  }
  const host = h("div", { "data-chat": entry, "data-full": full !== undefined, "data-theme": theme, lang: config.language });
  const root = host.attachShadow({ mode: "open" });
  paint(root, host, config);
  talk.language = config.language;
  document.body.append(host);
  panel = new Panel({ host, root, talk, config, store, full: full !== undefined });
  talk.resume();
};

const mark = Symbol.for(`chat:${entry}`);
if (entry && !window[mark]) {
  // The tag may be there twice; the chat must not.
  window[mark] = true;
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", () => begin());
}
