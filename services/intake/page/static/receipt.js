// Follows the submission: when something happened, the page is fetched again and its story put in the old one's place.
const story = () => document.getElementById("story");
const news = document.getElementById("news");
const follows = document.getElementById("follows");
let source;

async function renew() {
  const answer = await fetch(location.href, { cache: "no-store", credentials: "omit" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("story");
  if (!fresh || fresh.dataset.name === story().dataset.name) return;
  story().replaceWith(fresh);
  news.textContent = `${news.dataset.says}: ${fresh.querySelector("h1").textContent}`;
  if (fresh.dataset.stream) return;
  source.close();
  follows.hidden = true;
}

function connect() {
  source = new EventSource(story().dataset.stream);
  source.addEventListener("open", () => { follows.hidden = false; });
  source.addEventListener("timeline", (event) => {
    if (event.data !== story().dataset.name) renew().catch(() => {});
  });
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED) return; // cut off: the browser connects again by itself
    follows.hidden = true; // refused: it does not, so we look in a while
    setTimeout(() => renew().catch(() => {}).then(() => story().dataset.stream && connect()), 20000 + Math.random() * 20000);
  });
}

connect();
