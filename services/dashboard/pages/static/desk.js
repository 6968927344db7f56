// What the pages do without asking: help with selecting, lists that submit themselves, keys. Every page works without this file.
"use strict";

const number = new Intl.NumberFormat(document.documentElement.lang);

function helpSelecting(form) {
  const boxes = () => [...document.querySelectorAll(`input[form="${form.id}"][type="checkbox"]:not(:disabled)`)];
  const every = document.querySelector("[data-pick-all]");
  const picked = document.querySelector("[data-picked]");
  const count = () => {
    const all = boxes();
    const chosen = all.filter((box) => box.checked).length;
    picked.textContent = chosen ? picked.dataset.picked.replace("{n}", number.format(chosen)) : "";
    every.hidden = all.length === 0;
    every.firstElementChild.checked = chosen > 0 && chosen === all.length;
  };
  every.addEventListener("change", () => {
    for (const box of boxes()) box.checked = every.firstElementChild.checked;
    count();
  });
  document.addEventListener("change", (event) => event.target.form === form && count());
  document.addEventListener("htmx:after:swap", count);
  count();
}

for (const form of document.querySelectorAll("[data-selection]")) helpSelecting(form);
document.addEventListener("change", (event) => event.target.matches("[data-submits]") && event.target.form.submit());

const sheet = document.querySelector("[data-sheet]");
const switchedOff = () => localStorage.getItem("keys") === "off"; // this browser remembers it: WCAG 2.1.4
const turn = (way) => document.querySelector(`.krds-pagination [rel="${way}"]`)?.click();
const keys = { // what each key does; a screen adds its own
  "?": () => (sheet?.open ? sheet.close() : sheet?.showModal()),
  n: () => turn("next"),
  p: () => turn("prev"),
};
let began = -Infinity; // when "g" was pressed, which the key of a screen may follow

function heard(event) {
  if (switchedOff() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.matches("input:not([type=checkbox], [type=radio]), select, textarea")) return;
  if (sheet?.open && event.key !== "?") return;
  const screen = event.timeStamp - began < 1500 && document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
  began = event.key === "g" ? event.timeStamp : -Infinity;
  const does = screen ? () => screen.click() : keys[event.key];
  if (!does) return;
  event.preventDefault();
  does();
}

if (sheet) {
  document.addEventListener("keydown", heard);
  sheet.querySelector("[data-closes]").addEventListener("click", () => sheet.close());
  const link = document.querySelector("[data-keys]");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    keys["?"]();
  });
  const wanted = sheet.querySelector("[name=keys]");
  const show = () => {
    wanted.checked = !switchedOff();
    link.querySelector("kbd").hidden = switchedOff();
  };
  wanted.addEventListener("change", () => {
    localStorage.setItem("keys", wanted.checked ? "on" : "off");
    show();
  });
  addEventListener("storage", show); // another tab's
  addEventListener("pageshow", show);
}
