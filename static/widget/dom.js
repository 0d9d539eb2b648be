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
  down: "m5 9 7 7 7-7",
  send: "M3.4 20.4 21.5 12 3.4 3.6 3.3 10l12 2-12 2z",
  clip: "m20.5 11.5-8.7 8.7a5.5 5.5 0 0 1-7.8-7.8l8.7-8.7a3.7 3.7 0 0 1 5.2 5.2l-8.7 8.7a1.8 1.8 0 0 1-2.6-2.6l8-8",
  smile: "M22 12a10 10 0 1 1-20 0 10 10 0 0 1 20 0zM8 14.5q4 4 8 0M9 9h0m6 0h0",
  more: "M12 5h0m0 7h0m0 7h0",
  page: "M14 2H6v20h12V6zv5h4",
  star: "m12 17.3 6.2 3.7-1.6-7L22 9.2l-7.2-.6L12 2 9.2 8.6 2 9.2 7.5 14l-1.7 7z",
  close: "m6 6 12 12M18 6 6 18",
};

const icon = (name) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("class", name);
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
