// Who one is: a menu of the sample's people that can be searched and walked with the keys.

import { byId, face, make } from "./elements.js";
import { t } from "./words.js";

const button = byId("me-button");
const menu = byId("people");
const search = byId("people-search");
const list = byId("people-list");
const none = byId("people-none");

let people = [];
let me = null;
let active = -1;
let choose = () => {};

const options = () => [...list.querySelectorAll("[role=option]")];
const said = (person) => [person.branch, person.post].filter(Boolean).join(" ");

function fits(person, word) {
  return [person.name, person.branch, person.post].join(" ").toLowerCase().includes(word);
}

function option(person, index) {
  return make(
    "div",
    {
      role: "option", id: `person-${index}`, class: "person", "aria-selected": String(person.account === me?.account),
      onclick: () => pick(person), onmousemove: () => point(index),
    },
    face("person", person.name),
    make("span", { class: "person-name", text: person.name }),
    make("span", { class: "person-post", text: person.post }),
  );
}

function draw() {
  const word = search.value.trim().toLowerCase();
  const found = people.filter((person) => fits(person, word));
  const branches = new Map();
  found.forEach((person) => branches.set(person.branch, [...(branches.get(person.branch) ?? []), person]));
  let index = 0;
  const groups = [...branches].map(([branch, members]) =>
    make(
      "div",
      { role: "group", "aria-label": branch },
      make("div", { class: "people-branch", "aria-hidden": "true", text: branch }),
      ...members.map((person) => option(person, index++)),
    ),
  );
  list.replaceChildren(...groups);
  none.textContent = found.length === 0 ? t("me_none", { word: search.value.trim() }) : "";
  const mine = options().findIndex((one) => one.getAttribute("aria-selected") === "true");
  point(found.length === 0 ? -1 : word || mine < 0 ? 0 : mine, true);
}

function point(index, scroll = false) {
  active = index;
  options().forEach((one, at) => one.classList.toggle("is-active", at === index));
  search.setAttribute("aria-activedescendant", index < 0 ? "" : `person-${index}`);
  if (scroll && index >= 0) options()[index].scrollIntoView({ block: "nearest" });
}

function pick(person) {
  close(true);
  if (person.account !== me?.account) choose(person);
}

function open() {
  menu.hidden = false;
  button.setAttribute("aria-expanded", "true");
  search.value = "";
  draw();
  search.focus();
}

function close(back) {
  if (menu.hidden) return;
  menu.hidden = true;
  button.setAttribute("aria-expanded", "false");
  if (back) button.focus();
}

function walk(event) {
  const last = options().length - 1;
  const steps = { ArrowDown: Math.min(active + 1, last), ArrowUp: Math.max(active - 1, 0), Home: 0, End: last };
  if (event.isComposing) return;
  if (event.key in steps && last >= 0) point(steps[event.key], true);
  else if (event.key === "Enter" && active >= 0) options()[active].click();
  else if (event.key === "Escape") close(true);
  else if (event.key === "Tab") close(false);
  else return;
  if (event.key !== "Tab") event.preventDefault();
}

/** Show who one is on top of the list. */
export function showMe(person) {
  me = person;
  byId("me-name").textContent = person.name;
  byId("me-post").textContent = said(person);
  byId("me-face").replaceChildren(face("person", person.name));
  byId("rail-face").replaceChildren(face("person", person.name));
  button.setAttribute("aria-label", `${t("me_now", { name: person.name })} ${said(person)} ${people.length ? t("me_change") : ""}`);
}

/** Take the people one may be; with none there is nothing to choose. */
export function offerPeople(everyone, onchoose) {
  people = everyone;
  choose = onchoose;
  button.disabled = people.length === 0;
  byId("me-change").hidden = people.length === 0;
}

button.addEventListener("click", () => (menu.hidden ? open() : close(true)));
search.addEventListener("input", draw);
search.addEventListener("keydown", walk);
document.addEventListener("pointerdown", (event) => byId("me").contains(event.target) || close(false));
