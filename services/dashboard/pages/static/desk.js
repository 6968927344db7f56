// What the pages do without asking: help with selecting, lists that submit themselves, boxes that light up. Every page works without this file.
"use strict";

const number = new Intl.NumberFormat(document.documentElement.lang);

function helpSelecting(form) {
  const boxes = [...document.querySelectorAll(`input[form="${form.id}"][type="checkbox"]:not(:disabled)`)];
  const every = document.querySelector("[data-pick-all]");
  const picked = document.querySelector("[data-picked]");
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    picked.textContent = chosen ? picked.dataset.picked.replace("{n}", number.format(chosen)) : "";
    every.firstElementChild.checked = chosen > 0 && chosen === boxes.length;
  };
  every.hidden = boxes.length === 0;
  every.addEventListener("change", () => {
    for (const box of boxes) box.checked = every.firstElementChild.checked;
    count();
  });
  for (const box of boxes) box.addEventListener("change", count);
  count();
}

for (const form of document.querySelectorAll("[data-selection]")) helpSelecting(form);
for (const list of document.querySelectorAll("[data-submits]")) list.addEventListener("change", () => list.form.submit());
for (const busy of document.querySelectorAll("[data-reload]")) setTimeout(() => location.reload(), Number(busy.dataset.reload));
