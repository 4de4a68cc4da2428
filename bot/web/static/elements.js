// Making elements. Everything that people wrote goes in as text, never as HTML.

export const byId = (id) => document.getElementById(id);

/** An element with attributes (`on…` are listeners, `class`, `text`) and children. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const drawings = {
  bot: "M5 7.5A2.5 2.5 0 0 1 7.5 5h9A2.5 2.5 0 0 1 19 7.5v6a2.5 2.5 0 0 1-2.5 2.5H12l-4 3.4V16h-.5A2.5 2.5 0 0 1 5 13.5zM9 10.6l2.3 2.3 4-4",
  group: "M9 11.2a3 3 0 1 0 0-6 3 3 0 0 0 0 6M3.5 18.5c0-3 2.4-5 5.5-5s5.5 2 5.5 5M15.5 11a2.6 2.6 0 1 0-.5-5.1M16.8 13.7c2.3.4 3.9 2.2 3.9 4.8",
  file: "M6.5 3.5h7l4 4v13h-11zM13.5 3.5v4h4",
};

/** A small drawing in one colour. */
export function drawing(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", drawings[name]);
  svg.append(path);
  return svg;
}

function tone(name) {
  let sum = 0;
  for (const sign of name) sum = (sum * 31 + sign.codePointAt(0)) % 997;
  return sum % 8;
}

/** The square in front of a name: the end of a person's name, or a drawing for the bot and for groups. */
export function face(kind, name = "") {
  if (kind !== "person") return make("span", { class: `face face-${kind}`, "aria-hidden": "true" }, drawing(kind));
  const short = [...name].slice(-2).join("");
  return make("span", { class: `face tone-${tone(name)}`, "aria-hidden": "true", text: short });
}

/** Put a count on a badge; none at zero. */
export function setBadge(badge, count, many) {
  badge.hidden = count === 0;
  badge.textContent = count > 99 ? many : String(count);
}
