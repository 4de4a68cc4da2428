// Where one writes: Enter sends, Shift+Enter breaks the line, an input method's Enter only ends its word.

import { byId } from "./elements.js";
import { t } from "./words.js";

const form = byId("say");
const words = byId("words");
const send = byId("send");
const file = byId("file");
const TALLEST = 160;

const drafts = new Map();
let chat = null;

function fit() {
  words.style.height = "auto";
  words.style.height = `${Math.min(words.scrollHeight, TALLEST)}px`;
  send.disabled = words.value.trim() === "";
}

function submit(onsay) {
  const text = words.value;
  if (text.trim() === "" || chat === null || !onsay(text)) return;
  words.value = "";
  fit();
}

function mention() {
  const name = `${t("mention")} `;
  if (!words.value.startsWith(name)) words.setRangeText(name, 0, 0, "end");
  words.setSelectionRange(words.value.length, words.value.length);
  words.focus();
  fit();
}

/** Change to a chat: what was begun in the other one waits there. */
export function writeTo(next, title) {
  if (chat !== null) drafts.set(chat, words.value);
  chat = next?.id ?? null;
  words.value = drafts.get(chat) ?? "";
  words.setAttribute("aria-label", title ? t("input_to", { chat: title }) : t("input"));
  byId("mention").hidden = next?.kind !== "group";
  fit();
}

/** Begin to listen; `onsay(text)` returns whether the text was taken, `onfile(file)` takes one file. */
export function startComposer(onsay, onfile) {
  const take = (files) => [...files].forEach(onfile);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(onsay);
    words.focus();
  });
  words.addEventListener("keydown", (event) => {
    const composes = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || composes) return;
    event.preventDefault();
    submit(onsay);
  });
  words.addEventListener("input", fit);
  words.addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) {
      event.preventDefault();
      take(event.clipboardData.files);
    }
  });
  byId("mention").addEventListener("click", mention);
  byId("attach").addEventListener("click", () => file.click());
  file.addEventListener("change", () => {
    take(file.files);
    file.value = "";
  });
  byId("pane").addEventListener("dragover", (event) => event.preventDefault());
  byId("pane").addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  });
}
