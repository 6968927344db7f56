// What the pages do without asking: help with selecting, lists that submit themselves, boxes that light up. Every page works without this file.
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
