// A value and its box on the page show each other: by pointer, by touch and by keyboard. Links do the same without this.
"use strict";

function pair(row, box) {
  const light = (on) => {
    box.classList.toggle("lit", on);
    row.classList.toggle("lit", on);
  };
  for (const one of [row, box.closest("a") ?? box]) {
    for (const event of ["pointerenter", "focusin"]) one.addEventListener(event, () => light(true));
    for (const event of ["pointerleave", "focusout"]) one.addEventListener(event, () => light(false));
  }
}

for (const link of document.querySelectorAll("[data-box]")) {
  const box = document.getElementById(link.dataset.box);
  if (box) pair(link.closest("tr") ?? link, box);
}
