// What the pages do without asking: fresh counts, and help with selecting. Every page works without this file.
"use strict";

const number = new Intl.NumberFormat("ko-KR");
const seoul = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: "Asia/Seoul" });

function keepCounts(area) {
  const put = (name, count) => {
    const place = area.querySelector(`[data-count="${name}"]`);
    const text = number.format(count);
    if (!place || place.textContent === text) return;
    place.textContent = text;
    area.querySelector("[data-refresh]").hidden = false;
  };
  const ask = async () => {
    if (document.hidden) return;
    const answer = await fetch(area.dataset.overview, { headers: { accept: "application/json" } });
    if (answer.status === 401) return location.reload();
    if (!answer.ok) return;
    const counts = await answer.json();
    for (const [name, count] of Object.entries(counts.classes)) put(name, count);
    for (const name of ["received", "viewed", "decided", "unaccounted"]) put(name, counts[name]);
    area.querySelector("[data-unaccounted]").hidden = counts.unaccounted === 0;
    area.querySelector("[data-accounted]").hidden = counts.unaccounted !== 0;
    area.querySelector("[data-as-of]").textContent = seoul.format(new Date(counts.as_of));
  };
  setInterval(() => ask().catch(() => {}), 3000);
}

function helpSelecting(form) {
  const boxes = [...document.querySelectorAll(`input[form="${form.id}"][type="checkbox"]:not(:disabled)`)];
  const every = document.querySelector("[data-pick-all]");
  const picked = document.querySelector("[data-picked]");
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    picked.textContent = chosen ? `(${number.format(chosen)}건)` : "";
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

for (const area of document.querySelectorAll("[data-overview]")) keepCounts(area);
for (const form of document.querySelectorAll("[data-selection]")) helpSelecting(form);
for (const list of document.querySelectorAll("[data-submits]")) list.addEventListener("change", () => list.form.submit());
for (const busy of document.querySelectorAll("[data-reload]")) setTimeout(() => location.reload(), Number(busy.dataset.reload));
