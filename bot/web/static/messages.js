// Messages as people see them: bubbles, cards with buttons, files, and the time between them.

import { face, make, drawing } from "./elements.js";
import { fileSize, lineDate, t } from "./words.js";

const PAUSE = 5 * 60 * 1000;
const PICTURE = /\.(png|jpe?g|gif|webp)$/i;
const ADDRESS = /https?:\/\/[^\s<>"'\u3000-\u303f\uff00-\uff65]+/g;

export const isPicture = (name) => PICTURE.test(name);

/** The words of a text with web addresses made into links. */
function withLinks(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(ADDRESS)) {
    nodes.push(text.slice(end, found.index));
    nodes.push(make("a", { href: found[0], target: "_blank", rel: "noopener noreferrer", text: found[0] }));
    end = found.index + found[0].length;
  }
  nodes.push(text.slice(end));
  return nodes;
}

/** The words of a message: on a card of several lines the first one is its title. */
function words(message, textAddress) {
  const lines = message.text.split("\n");
  const isCard = message.buttons.length > 0 && lines.length > 1;
  const nodes = [];
  if (isCard) nodes.push(make("p", { class: "title", dir: "auto" }, ...withLinks(lines.shift())));
  if (message.text) nodes.push(make("p", { class: "text", dir: "auto" }, ...withLinks(lines.join("\n"))));
  if (message.length) {
    const label = t("more_text", { n: message.length.toLocaleString("zh-CN") });
    nodes.push(make("a", { class: "whole", href: textAddress, target: "_blank", rel: "noopener", text: label }));
  }
  return nodes;
}

function fileCard(file, address) {
  return make(
    "a",
    { class: "file", href: address, download: file.name },
    make("span", { class: "file-mark" }, drawing("file")),
    make("span", { class: "file-text" },
      make("span", { class: "file-name", text: file.name }),
      make("span", { class: "file-size", text: `${fileSize(file.bytes)}  ${t("download")}` })),
  );
}

function filePart(file, address) {
  if (!address) return make("p", { class: "text", text: t(isPicture(file.name) ? "image_line" : "file_line", file) });
  if (!isPicture(file.name)) return fileCard(file, address);
  const image = make("img", { src: address, alt: t("picture", file), class: "picture" });
  const link = make("a", { href: address, target: "_blank", rel: "noopener", class: "picture-link" }, image);
  image.addEventListener("error", () => link.replaceWith(fileCard(file, address)));
  return link;
}

function button(choice, how, press) {
  return make("button", {
    type: "button",
    class: "choice",
    "data-press": choice.press,
    "aria-pressed": String(how === "pressed"),
    "aria-busy": how === "busy" ? "true" : null,
    disabled: how === "busy",
    text: choice.label,
    onclick: () => press(choice),
  });
}

/** What goes on in a message besides its words: how a button stands, and where its file lies. */
function body(message, around) {
  const parts = words(message, around.textAddress(message));
  if (message.file) parts.push(filePart(message.file, message.id ? around.fileAddress(message) : null));
  if (message.buttons.length === 0) return make("div", { class: "bubble" }, ...parts);
  const choices = message.buttons.map((choice) =>
    button(choice, around.standing(message, choice), () => around.press(message, choice)));
  return make("div", { class: "bubble card" },
    make("div", { class: "card-body" }, ...parts),
    make("div", { class: "choices", role: "group" }, ...choices));
}

function state(message, around) {
  if (message.waits) return make("span", { class: "waits", role: "img", "aria-label": t("sending") });
  if (!message.failed) return null;
  return make("span", { class: "failed" }, make("span", { text: t("unsent") }),
    make("button", { type: "button", text: t("resend"), onclick: () => around.resend(message) }));
}

/** One message. `around` tells what the message itself does not know: who looks, and what pressing does. */
export function messageLine(message, around) {
  const mine = message.account === around.me;
  const name = message.account === null ? t("bot") : message.name;
  const time = lineDate(message.at, around.now);
  const shown = message.account === null ? face("bot") : face("person", message.name);
  return make(
    "article",
    { class: `line ${mine ? "is-mine" : "is-theirs"}`, "data-id": message.id ?? "", "data-key": message.key ?? null,
      "data-at": message.at, "aria-label": `${mine ? t("me_said") : name} ${time}` },
    shown,
    make("div", { class: "said" },
      around.isGroup && !mine ? make("span", { class: "name", text: name }) : null,
      make("div", { class: "said-row" }, body(message, around), state(message, around))),
  );
}

/** The time above a message, where a pause lies before it. */
export function timeBefore(message, earlier, now) {
  if (earlier !== null && message.at - earlier < PAUSE) return null;
  const shown = make("time", { text: lineDate(message.at, now), datetime: new Date(message.at).toISOString() });
  return make("div", { class: "pause" }, shown);
}

/** One line that stands for a message in the list of chats. */
export function shortLine(last, isGroup) {
  const file = last.file && t(isPicture(last.file) ? "image_line" : "file_line", { name: last.file });
  const text = [last.text.replace(/\s+/g, " ").trim(), file].filter(Boolean).join(" ");
  return isGroup ? t("said_by", { name: last.account === null ? t("bot") : last.name, text }) : text;
}
