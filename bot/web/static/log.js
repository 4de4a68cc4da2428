// The messages of the open chat on the screen: added at the end, before the beginning, or changed in place.

import { byId, make } from "./elements.js";
import { messageLine, timeBefore } from "./messages.js";
import { t } from "./words.js";

const NEAR = 120;
const log = byId("log");
const below = byId("below");

let waiting = 0;
let around = null;
let stuck = true;

const isNear = () => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;

function toEnd() {
  log.scrollTop = log.scrollHeight;
  seen();
}

function lineOf(message) {
  const byNumber = message.id && log.querySelector(`[data-id="${message.id}"]`);
  return byNumber || (message.key && log.querySelector(`[data-key="${CSS.escape(message.key)}"]`)) || null;
}

function timeOfLast() {
  const lines = log.querySelectorAll(".line");
  return lines.length ? Number(lines[lines.length - 1].dataset.at) : null;
}

function put(message) {
  const pause = timeBefore(message, timeOfLast(), around.now);
  if (pause) log.append(pause);
  log.append(messageLine(message, around));
}

function empty(isGroup) {
  return make("div", { class: "empty" }, make("p", { text: t("empty") }), make("p", { text: t(isGroup ? "empty_group" : "empty_private") }));
}

/** Draw a chat anew; `more` offers what is older. `keep` keeps the sight where it is (older ones came in above). */
export function drawLog(messages, more, sight, { keep = false, onolder }) {
  around = sight;
  const fromEnd = log.scrollHeight - log.scrollTop;
  log.setAttribute("aria-live", "off");
  log.replaceChildren();
  if (more) log.append(make("button", { type: "button", class: "older", text: t("older"), onclick: onolder }));
  if (messages.length === 0) log.append(empty(sight.isGroup));
  messages.forEach(put);
  if (keep) log.scrollTop = log.scrollHeight - fromEnd;
  else toEnd();
  requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
}

/** Show a message: a new one at the end, a known one where it stands. `changed` marks it for a moment. */
export function showMessage(message, sight, { changed = false } = {}) {
  around = sight;
  const near = isNear();
  const old = lineOf(message);
  if (old) {
    const focused = old.contains(document.activeElement) ? document.activeElement.dataset.press : null;
    const line = messageLine(message, around);
    if (changed) line.classList.add("is-changed");
    old.replaceWith(line);
    if (focused) line.querySelector(`[data-press="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  } else if (!changed) {
    log.querySelector(".empty")?.remove();
    put(message);
  }
  if (near || (!old && message.account === sight.me)) toEnd();
  else if (!old && !changed) {
    waiting += 1;
    below.hidden = false;
    below.textContent = t("new_below", { n: waiting });
  }
}

function seen() {
  waiting = 0;
  below.hidden = true;
}

// A picture that has loaded, or a keyboard that came up, must not push the last message out of sight.
function stay() {
  if (stuck) toEnd();
}

below.addEventListener("click", toEnd);
log.addEventListener("load", stay, true);
log.addEventListener("scroll", () => {
  stuck = isNear();
  if (stuck) seen();
}, { passive: true });
new ResizeObserver(stay).observe(log);
