// The page's idea of the time, and the bar that moves the sample's clock.

import { byId } from "./elements.js";
import { dayOf, fullDate, inputDate, t } from "./words.js";

const bar = byId("clock");
const form = byId("clock-form");
const when = byId("clock-to");
const opener = byId("clock-open");
const buttons = [...bar.querySelectorAll("button, input")];

let shift = 0;
let minute = "";
let onday = () => {};
let day = 0;

/** The present instant, in milliseconds: the sample's time, or the machine's. */
export const now = () => Date.now() + shift;

function draw() {
  const text = fullDate(now(), now());
  if (text === minute) return;
  minute = text;
  byId("clock-now").textContent = text;
  byId("clock-now").dateTime = inputDate(now());
  when.min = inputDate(now());
  if (document.activeElement !== when) when.value = inputDate(now());
  if (dayOf(now()) !== day) {
    day = dayOf(now());
    onday();
  }
}

/** Take the time from the server. */
export function setClock(frame) {
  shift = frame.now - Date.now();
  bar.hidden = false;
  bar.setAttribute("aria-busy", String(frame.busy));
  byId("clock-busy").textContent = frame.busy ? t("clock_busy") : "";
  buttons.forEach((button) => button.toggleAttribute("disabled", frame.busy));
  minute = "";
  draw();
}

/** Begin to tick; `ask(frame)` sends a wish to the server, `newday()` is called when the date changes. */
export function startClock(ask, newday) {
  onday = newday;
  byId("clock-hour").addEventListener("click", () => ask({ hours: 1 }));
  byId("clock-next").addEventListener("click", () => ask({ next: true }));
  opener.addEventListener("click", () => {
    const open = bar.classList.toggle("is-open");
    opener.setAttribute("aria-expanded", String(open));
    if (open) when.focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask({ to: when.value });
    bar.classList.remove("is-open");
    opener.setAttribute("aria-expanded", "false");
  });
  setInterval(draw, 1000);
}
