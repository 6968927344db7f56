// Follows the submission: when something happened, the page is fetched again and its story put in the old one's place.
const story = () => document.getElementById("story");
const news = document.getElementById("news");

async function renew() {
  const answer = await fetch(location.href, { cache: "no-store", credentials: "omit" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("story");
  if (!fresh || fresh.dataset.name === story().dataset.name) return;
  story().replaceWith(fresh);
  news.textContent = `${news.dataset.says}: ${fresh.querySelector("h1").textContent}`;
  if (!fresh.dataset.stream) source.close();
}

const source = new EventSource(story().dataset.stream);
source.addEventListener("open", () => { document.getElementById("follows").hidden = false; });
source.addEventListener("timeline", (event) => {
  if (event.data !== story().dataset.name) renew().catch(() => {});
});
