// The list of chats: newest first, with the last words, the time and what is unread.

import { byId, face, make, setBadge } from "./elements.js";
import { shortLine } from "./messages.js";
import { listDate, t } from "./words.js";

const list = byId("chats");
const rows = new Map();

export const titleOf = (chat) => (chat.kind === "private" ? t("bot") : chat.title || chat.id);

function row(chat, onopen) {
  const title = make("span", { class: "chat-title" });
  const time = make("span", { class: "chat-time" });
  const last = make("span", { class: "chat-last" });
  const badge = make("span", { class: "badge", "aria-hidden": "true" });
  const unread = make("span", { class: "unseen" });
  const button = make(
    "button",
    { type: "button", class: "chat", "data-chat": chat.id, onclick: () => onopen(chat.id) },
    make("span", { class: "chat-face" }, face(chat.kind === "group" ? "group" : "bot"), badge),
    title, time, last, unread,
  );
  return { item: make("li", {}, button), button, title, time, last, badge, unread };
}

function fill(parts, chat, isOpen, now) {
  parts.title.textContent = titleOf(chat);
  parts.time.textContent = chat.last ? listDate(chat.last.at, now) : "";
  parts.last.textContent = chat.last ? shortLine(chat.last, chat.kind === "group") : "";
  parts.unread.textContent = chat.unread ? t("unread", { n: chat.unread }) : "";
  setBadge(parts.badge, chat.unread, t("unread_many"));
  if (isOpen) parts.button.setAttribute("aria-current", "true");
  else parts.button.removeAttribute("aria-current");
}

/** Draw the list; rows are kept, so that the focus stays where it is. */
export function drawChats(chats, open, now, onopen) {
  const ordered = [...chats].sort((one, other) => (other.last?.at ?? 0) - (one.last?.at ?? 0));
  const wanted = new Set(ordered.map((chat) => chat.id));
  for (const [id, parts] of rows) {
    if (!wanted.has(id)) {
      parts.item.remove();
      rows.delete(id);
    }
  }
  const focused = document.activeElement;
  ordered.forEach((chat, index) => {
    if (!rows.has(chat.id)) rows.set(chat.id, row(chat, onopen));
    const parts = rows.get(chat.id);
    fill(parts, chat, chat.id === open, now);
    if (list.children[index] !== parts.item) list.insertBefore(parts.item, list.children[index] ?? null);
  });
  if (list.contains(focused)) focused.focus({ preventScroll: true });
  list.dataset.empty = ordered.length === 0 ? t("chats_empty") : "";
  const sum = ordered.reduce((count, chat) => count + chat.unread, 0);
  const elsewhere = sum - (chats.find((chat) => chat.id === open)?.unread ?? 0);
  setBadge(byId("rail-unread"), sum, t("unread_many"));
  setBadge(byId("back-unread"), elsewhere, t("unread_many"));
  document.title = sum ? `(${sum}) ${t("title")}` : t("title");
}
