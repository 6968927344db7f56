// The queue, live and by keyboard. Without this file every count is as of its page, and every act is a form.
"use strict";

const plain = new Intl.NumberFormat(document.documentElement.lang);
const inSeoul = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: "Asia/Seoul" });

function say(text) { // what is said is the page's, in its language
  const place = document.querySelector("[data-said]");
  if (!place || !text) return;
  place.textContent = text;
  place.classList.remove("sr-only");
  place.classList.add("said");
  clearTimeout(say.ends);
  say.ends = setTimeout(() => place.classList.replace("said", "sr-only"), 6000);
}

function follow(area) {
  let stream = null;
  const put = (name, count) => {
    const place = document.querySelector(`[data-count="${name}"]`);
    const text = (place?.dataset.text ?? "{n}").replace("{n}", plain.format(count));
    if (!place || place.textContent === text) return;
    place.textContent = text;
    area.querySelector("[data-refresh]").hidden = false;
  };
  const show = (counts) => {
    for (const [name, count] of Object.entries(counts.classes)) put(name, count);
    for (const name of ["received", "viewed", "decided", "unaccounted"]) put(name, counts[name]);
    for (const [name, count] of Object.entries(counts.beside)) put(name, count);
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

function tellOfClaims() { // htmx draws the row of what was claimed, let go or ran out as the server has it now
  document.addEventListener("htmx:before:swap", (event) => {
    const { raw } = event.detail.ctx.response;
    if (raw.status === 409 || new URL(raw.url).pathname === "/queue") return;
    event.preventDefault(); // signed out, or gone: the page as it is now says it
    location.reload();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const { select, request } = event.detail.ctx;
    const row = document.querySelector(select);
    say(row?.querySelector(".claim").dataset.says);
    if (request.method === "POST") row?.querySelector("th a")?.focus(); // pressed; what ran out takes nobody's place
  });
  document.addEventListener("htmx:error", () => say(document.querySelector("[data-said]").dataset.lost));
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
  Object.assign(keys, {
    j: () => move(1),
    k: () => move(-1),
    c: () => press(".claim button"),
    x: () => press('input[name="pick"]'),
    "/": () => document.getElementById("wanted")?.focus(),
  });
}

for (const area of document.querySelectorAll("[data-live]")) follow(area);
for (const table of document.querySelectorAll("[data-rows]")) {
  byKeyboard(table);
  tellOfClaims();
}
