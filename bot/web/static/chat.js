// The page: what comes over the connection, what is clicked, and which chat is open.

import { byId } from "./elements.js";
import { drawChats, titleOf } from "./chats.js";
import { now, setClock, startClock } from "./clock.js";
import { startComposer, writeTo } from "./composer.js";
import { Connection } from "./connection.js";
import { chats, keep, lines, notePressed, pending, standing, unconfirmed } from "./lines.js";
import { drawLog, showMessage } from "./log.js";
import { offerPeople, showMe } from "./people.js";
import { isSample, t } from "./words.js";

const MOST_TEXT = 1 << 20;
const MOST_FILE = 20 * 1000 * 1000;
const MINE = "zhibu.me";

const narrow = matchMedia("(max-width: 720px)");
const connection = new Connection(take, changed);
let people = [];
let me = null;
let open = null;
let wasLost = false;
let toastTimer = 0;

// ---- which chat is open -----------------------------------------------------------------------------------------

const nameOf = (chat) => (chat.kind === "private" ? "#bot" : `#${encodeURIComponent(chat.id)}`);
const named = (hash) => [...chats.values()].find((chat) => nameOf(chat) === hash);
const first = () => [...chats.values()].find((chat) => chat.kind === "private") ?? [...chats.values()][0];
const isWatched = (chatId) => chatId === open && document.visibilityState === "visible";

function around() {
  const account = me.account;
  const query = isSample ? `?account=${encodeURIComponent(account)}` : "";
  return {
    me: account,
    now: now(),
    isGroup: chats.get(open)?.kind === "group",
    fileAddress: (message) => `/file/${message.id}${query}`,
    textAddress: (message) => `/text/${message.id}${query}`,
    standing: (message, choice) => standing(account, message, choice),
    press,
    resend: (message) => resend(message.key),
  };
}

function drawList() {
  drawChats([...chats.values()], open, now(), (chatId) => go(chats.get(chatId)));
}

function drawOpen(options = {}) {
  if (open === null || !lines.has(open)) return;
  const { messages, more } = lines.get(open);
  const shown = messages.map(withStanding).concat(unconfirmed(open, me.account));
  drawLog(shown, more, around(), { onolder: older, ...options });
}

function withStanding(message) {
  const mine = message.key && pending.get(message.key);
  return mine && mine.account === message.account ? { ...message, waits: mine.line.waits, failed: mine.line.failed } : message;
}

function older() {
  const { messages } = lines.get(open);
  connection.send({ type: "history", chat: open, before: messages[0].id });
}

function go(chat) {
  if (nameOf(chat) === location.hash) show(chat);
  else if (narrow.matches) location.hash = nameOf(chat);
  else {
    history.replaceState(null, "", nameOf(chat));
    show(chat);
  }
}

function show(chat) {
  const isOther = open !== (chat?.id ?? null);
  open = chat?.id ?? null;
  document.body.dataset.screen = open === null ? "list" : "chat";
  document.body.dataset.open = open === null ? "none" : chat.kind;
  if (isOther) writeTo(chat ?? null, chat ? titleOf(chat) : "");
  byId("chat-title").textContent = chat ? titleOf(chat) : "";
  byId("chat-members").textContent = chat?.kind === "group" ? t("members", { n: chat.members }) : "";
  byId("log").setAttribute("aria-label", chat ? t("log", { chat: titleOf(chat) }) : "");
  drawList();
  if (!chat) return;
  if (lines.has(open)) drawOpen();
  else {
    byId("log").replaceChildren();
    connection.send({ type: "history", chat: open, before: null });
  }
  read();
  if (isOther) byId(narrow.matches ? "chat-title" : "words").focus({ preventScroll: true });
}

function follow() {
  const chat = named(location.hash) ?? (narrow.matches ? null : first());
  if ((chat?.id ?? null) !== open) show(chat ?? null);
}

function read() {
  const chat = chats.get(open);
  if (!chat || !chat.unread || !chat.last || !isWatched(open)) return;
  chat.unread = 0;
  connection.send({ type: "read", chat: open, message: chat.last.id });
  drawList();
}

// ---- saying and pressing ----------------------------------------------------------------------------------------

const newId = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function lineFor(id, text, file) {
  return { key: id, account: me.account, name: me.name, text, at: now(), buttons: [], file, waits: true, failed: false };
}

function say(text) {
  if (open === null || me === null) return false;
  if (new TextEncoder().encode(text).length > MOST_TEXT) {
    toast(t("too_long"));
    return false;
  }
  const frame = { type: "say", chat: open, text, id: newId() };
  begin({ account: me.account, frame, line: lineFor(frame.id, text.trim()) });
  return true;
}

function press(message, choice) {
  const frame = { type: "press", chat: open, message: message.id, press: choice.press, label: choice.label, id: newId() };
  begin({ account: me.account, frame, line: null, message });
}

function sendFile(file) {
  if (open === null || me === null) return;
  if (file.size > MOST_FILE) {
    toast(t("too_long"));
    return;
  }
  const frame = { type: "file", chat: open, id: newId() };
  begin({ account: me.account, frame, file, line: lineFor(frame.id, "", { name: file.name, bytes: file.size }) });
}

function begin(one) {
  pending.set(one.frame.id, one);
  if (one.line) showMessage(one.line, around());
  else showMessage(one.message, around());
  dispatch(one);
}

function dispatch(one) {
  if (one.file) upload(one);
  else connection.send(one.frame);
}

async function upload(one) {
  const query = new URLSearchParams({ chat: one.frame.chat, id: one.frame.id, name: one.file.name, account: one.account });
  try {
    const response = await fetch(`/api/file?${query}`, { method: "POST", body: one.file });
    const answer = await response.json();
    if (answer.ok) done(one.frame.id);
    else wrong({ ...answer, id: one.frame.id });
  } catch {
    fail(one.frame.id);
  }
}

function redraw(one) {
  if (one.frame.chat !== open || me?.account !== one.account) return;
  const known = lines.get(open)?.messages ?? [];
  const message = one.line ? known.find((each) => each.key === one.frame.id) : known.find((each) => each.id === one.frame.message);
  if (message) showMessage(withStanding(message), around());
  else if (one.line) showMessage(one.line, around());
}

function done(id) {
  const one = pending.get(id);
  if (!one) return;
  pending.delete(id);
  if (one.line) one.line.waits = false;
  redraw(one);
}

function fail(id) {
  const one = pending.get(id);
  if (!one) return;
  if (one.line) Object.assign(one.line, { waits: false, failed: true });
  else pending.delete(id);
  redraw(one);
}

function resend(id) {
  const one = pending.get(id);
  if (!one) return;
  Object.assign(one.line, { waits: true, failed: false });
  redraw(one);
  dispatch(one);
}

// ---- what comes over the connection -----------------------------------------------------------------------------

const takers = {
  hello(frame) {
    people = frame.people;
    if (frame.clock) setClock(frame.clock);
    offerPeople(people, be);
    if (!isSample || people.length === 0) return;
    const kept = me?.account ?? sessionStorage.getItem(MINE) ?? localStorage.getItem(MINE);
    be(people.find((person) => person.account === kept) ?? people[0]);
  },
  state(frame) {
    const isOther = me?.account !== frame.me.account;
    me = frame.me;
    showMe(me);
    chats.clear();
    lines.clear();
    for (const chat of frame.chats) chats.set(chat.id, chat);
    if (isOther || !chats.has(open)) {
      open = null;
      follow();
      drawList();
    } else {
      drawList();
      connection.send({ type: "history", chat: open, before: null });
      read();
    }
    for (const one of pending.values()) if (one.account === me.account && !one.line?.failed && !one.file) dispatch(one);
  },
  history(frame) {
    const older = frame.before === null ? [] : (lines.get(frame.chat)?.messages ?? []);
    const fresh = frame.messages.filter((message) => older.every((one) => one.id !== message.id));
    lines.set(frame.chat, { messages: [...fresh, ...older], more: frame.more });
    if (frame.chat === open) drawOpen({ keep: frame.before !== null });
    const newest = frame.messages.at(-1)?.id ?? 0;
    if (frame.before === null && newest < (chats.get(frame.chat)?.last?.id ?? 0)) {
      connection.send({ type: "history", chat: frame.chat, before: null });
    }
  },
  message({ chat: chatId, message }) {
    const chat = chats.get(chatId);
    if (!chat) {
      connection.send({ type: "state" });
      return;
    }
    const isNew = message.id > (chat.last?.id ?? 0);
    if (isNew) chat.last = { ...message, file: message.file?.name ?? null };
    if (isNew && message.account !== me.account) chat.unread += 1;
    keep(chatId, message);
    if (chatId === open && lines.has(open)) showMessage(withStanding(message), around());
    read();
    drawList();
  },
  replace({ chat: chatId, message }) {
    const chat = chats.get(chatId);
    if (chat?.last?.id === message.id) chat.last = { ...message, file: message.file?.name ?? null };
    const known = lines.get(chatId)?.messages.some((one) => one.id === message.id);
    if (known) keep(chatId, message);
    if (known && chatId === open) showMessage(message, around(), { changed: true });
    drawList();
  },
  pressed(frame) {
    notePressed(me.account, frame.message, frame.press);
    const message = lines.get(frame.chat)?.messages.find((one) => one.id === frame.message);
    if (message && frame.chat === open) showMessage(message, around());
  },
  read(frame) {
    const chat = chats.get(frame.chat);
    if (chat && frame.message >= (chat.last?.id ?? 0)) chat.unread = 0;
    drawList();
  },
  ack: (frame) => done(frame.id),
  error: (frame) => wrong(frame),
  clock: (frame) => setClock(frame),
  pong() {},
};

function take(frame) {
  if (me === null && !["hello", "state", "clock", "error"].includes(frame.type)) return;
  takers[frame.type]?.(frame);
}

function wrong(frame) {
  toast(frame.message);
  if (frame.id) fail(frame.id);
}

function be(person) {
  if (!isSample || person === null) return;
  sessionStorage.setItem(MINE, person.account);
  localStorage.setItem(MINE, person.account);
  connection.send({ type: "be", account: person.account });
}

function changed(how) {
  const notice = byId("connection");
  byId("rail-dot").classList.toggle("is-lost", how !== "open");
  notice.hidden = how === "open";
  if (how === "open" && wasLost) toast(t("back_online"));
  wasLost = how !== "open";
  if (how !== "open") notice.textContent = t(how === "lost" ? "lost" : "signed_out");
}

function toast(text) {
  const shown = byId("toast");
  shown.textContent = text;
  shown.classList.add("is-shown");
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => shown.classList.remove("is-shown"), 5000);
}

// ---- begin ------------------------------------------------------------------------------------------------------

startComposer(say, sendFile);
startClock((wish) => connection.send({ type: "clock", ...wish }), () => me && (drawList(), drawOpen()));
byId("back").addEventListener("click", () => {
  const left = open;
  location.hash = "";
  document.querySelector(`[data-chat="${CSS.escape(left ?? "")}"]`)?.focus();
});
window.addEventListener("hashchange", follow);
narrow.addEventListener("change", follow);
document.addEventListener("visibilitychange", read);
connection.open();
