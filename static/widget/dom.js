/** Elements without innerHTML: whatever anybody typed stays text. */
const h = (tag, props, ...kids) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value != null && value !== false) element.setAttribute(name, value);
  }
  element.append(...kids.flat().filter((kid) => kid != null && kid !== false && kid !== ""));
  return element;
};

const SHAPES = {
  chat: "M12 3C6.5 3 2 6.8 2 11.4c0 2.6 1.4 4.9 3.6 6.4L5 21.5l4.1-2c.9.2 1.9.3 2.9.3 5.5 0 10-3.8 10-8.4S17.5 3 12 3z",
  down: "M5.6 8.2 12 14.600l6.4-6.4 1.6 1.6-8 8-8-8z",
  send: "M3.4 20.4 21.5 12 3.4 3.6 3.3 10l12 2-12 2z",
  clip: "M16.5 6v11a4 4 0 0 1-8 0V5a2.5 2.5 0 0 1 5 0v10.500a1 1 0 0 1-2 0V6H10v9.500a2.5 2.5 0 0 0 5 0V5a4 4 0 0 0-8 0v12a5.5 5.5 0 0 0 11 0V6z",
  smile: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 18a8 8 0 1 1 0-16 8 8 0 0 1 0 16zM8.5 11a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zm7 0a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM12 17.500c2.3 0 4.3-1.4 5.1-3.500H6.900c.8 2.1 2.8 3.5 5.1 3.500z",
  more: "M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zm0 2a2 2 0 1 0 0 4 2 2 0 0 0 0-4zm0 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  file: "M14 2H6a2 2 0 0 0-2 2v16a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V8zm-1 7V3.500L18.5 9z",
  star: "m12 17.3 6.2 3.7-1.6-7L22 9.200l-7.2-.6L12 2 9.2 8.6 2 9.2 7.5 14l-1.7 7z",
  close: "M19 6.4 17.6 5 12 10.6 6.4 5 5 6.4 10.6 12 5 17.6 6.4 19 12 13.4 17.6 19 19 17.6 13.4 12z",
};

const icon = (name) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
};

const iconButton = (name, label, onclick, props) =>
  h("button", { type: "button", class: "icon", "aria-label": label, title: label, onclick, ...props }, icon(name));

/** Text with its web addresses made into links that tell the other site nothing. */
const linked = (text) => {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(/\b(?:https?:\/\/|www\.)[^\s<>"']+/gi)) {
    const shown = match[0].replace(/[.,:;!?)\]}…]+$/, "");
    let url;
    try {
      url = new URL(/^www/i.test(shown) ? `https://${shown}` : shown);
    } catch {
      continue;
    }
    parts.push(text.slice(end, match.index), h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow" }, shown));
    end = match.index + shown.length;
  }
  return [...parts, text.slice(end)];
};

const sizeOf = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
