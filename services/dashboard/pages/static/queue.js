// The queue, live and by keyboard. Without this file every count is as of its page, and every act is a form.
"use strict";

const plain = new Intl.NumberFormat(document.documentElement.lang);
const inSeoul = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: "Asia/Seoul" });

function say(message, told = {}) { // the messages are the page's, in its language
  const place = document.querySelector("[data-said]");
  if (!place) return;
  place.textContent = place.dataset[message].replace(/\{(\w+)\}/g, (_, name) => told[name]);
  place.classList.remove("unseen");
  place.classList.add("said");
  clearTimeout(say.ends);
  say.ends = setTimeout(() => place.classList.replace("said", "unseen"), 6000);
}

function follow(area) {
  let stream = null;
  const put = (name, count) => {
    const place = area.querySelector(`[data-count="${name}"]`);
    const text = plain.format(count);
    if (!place || place.textContent === text) return;
    place.textContent = text;
    area.querySelector("[data-refresh]").hidden = false;
  };
  const show = (counts) => {
    for (const [name, count] of Object.entries(counts.classes)) put(name, count);
    for (const name of ["received", "viewed", "decided", "unaccounted"]) put(name, counts[name]);
    area.querySelector("[data-unaccounted]").hidden = counts.unaccounted === 0;
    area.querySelector("[data-accounted]").hidden = counts.unaccounted !== 0;
    area.querySelector("[data-as-of]").textContent = inSeoul.format(new Date(counts.as_of));
  };
  const open = () => {
    if (stream || document.hidden) return;
    stream = new EventSource(area.dataset.live);
    stream.addEventListener("counts", (event) => show(JSON.parse(event.data)));
    stream.onerror = async () => {
      if (stream?.readyState !== EventSource.CLOSED) return; // it comes again by itself
      stream = null;
      const answer = await fetch("/api/overview" + new URL(area.dataset.live, location).search).catch(() => null);
      if (answer?.status === 401) return location.reload();
      setTimeout(open, 10000);
    };
  };
  const close = () => {
    stream?.close();
    stream = null;
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
}

async function claim(button) {
  const form = button.form;
  const body = new URLSearchParams(new FormData(form));
  body.set(button.name, button.value);
  const row = button.closest("tr");
  const answer = await fetch(button.getAttribute("formaction") ?? form.getAttribute("action"), { method: "POST", body, headers: { accept: "application/json" } }).catch(() => null);
  if (answer === null) return say("lost");
  if (answer.status === 204) say("released");
  else if (answer.status === 200 || answer.status === 409) {
    const told = await answer.json();
    const until = inSeoul.format(new Date(told.until)).slice(11, 16);
    say(told.mine ? "mine" : "theirs", { name: told.name, until });
  } else return location.reload();
  await refresh(row);
}

async function refresh(row) { // the row as the server has it now, so that nothing is claimed that is not so
  const place = [...row.parentElement.children].indexOf(row);
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const link = row.querySelector("th a")?.getAttribute("href");
  const fresh = page.querySelector(`[data-rows] a[href="${link}"]`)?.closest("tr");
  if (!fresh) return;
  row.replaceWith(fresh);
  watch(fresh);
  if (place >= 0) fresh.querySelector("th a")?.focus();
}

function watch(row) {
  const cell = row.querySelector("[data-until]");
  if (!cell) return;
  const left = new Date(cell.dataset.until) - Date.now();
  setTimeout(() => {
    if (!cell.isConnected) return;
    say("ranOut", { receipt: row.querySelector("th").textContent.trim() });
    refresh(row);
  }, Math.max(left, 0) + 500);
}

function byKeyboard(table) {
  const rows = () => [...table.querySelectorAll("tbody tr")];
  const here = () => document.activeElement?.closest("[data-rows] tbody tr");
  const move = (step) => {
    const all = rows();
    const at = all.indexOf(here());
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
    const target = next?.querySelector("th a") ?? next?.querySelector("input, button");
    if (target) target.focus();
    else if (next) (next.tabIndex = -1), next.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  const press = (chosen) => here()?.querySelector(chosen)?.click();
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    c: () => press(".claim button"),
    x: () => press('input[name="pick"]'),
    n: () => document.querySelector('.pages [rel="next"]')?.click(),
    p: () => document.querySelector('.pages [rel="prev"]')?.click(),
    "/": () => document.getElementById("wanted")?.focus(),
    "?": () => {
      const sheet = document.querySelector("[data-keys]");
      sheet.open = !sheet.open;
      if (sheet.open) sheet.querySelector("summary").focus();
    },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
    const does = keys[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  });
}

for (const area of document.querySelectorAll("[data-live]")) follow(area);
for (const sheet of document.querySelectorAll("[data-keys]")) sheet.hidden = false;
for (const table of document.querySelectorAll("[data-rows]")) {
  byKeyboard(table);
  for (const row of table.querySelectorAll("tbody tr")) watch(row);
  table.addEventListener("click", (event) => {
    const button = event.target.closest(".claim button");
    if (!button || location.pathname !== "/queue") return; // what was found by a name has no address to come back to
    event.preventDefault();
    claim(button);
  });
}
