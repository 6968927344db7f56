"""The office's side of the demo: an official at the desk, by its pages and forms as a browser without JavaScript."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from typing import Any

import httpx

from deploy.gubi.demo.wallets import PROGRAMME

_DUPLICATE = "중복 신청"


@dataclass
class Form:
    """A form on a page: where it goes, and the fields it carries by itself."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name: value or "" for name, value in attrs}
        if tag == "form" and names.get("method", "").lower() == "post":
            self.forms.append(Form(names.get("action", "")))
            if names.get("id"):
                self.by_id[names["id"]] = self.forms[-1]
        owner = self.by_id.get(names["form"]) if "form" in names else (self.forms[-1] if self.forms else None)
        if tag == "input" and names.get("type") == "hidden" and owner is not None:
            owner.fields[names["name"]] = names.get("value", "")


def forms(html: str) -> list[Form]:
    """Give the forms of a page that are sent by POST, with their hidden fields."""
    parser = _Forms()
    parser.feed(html)
    return parser.forms


class Desk:
    """One official's browser."""

    def __init__(self, url: str) -> None:
        """Take the desk's address."""
        self._http = httpx.AsyncClient(base_url=url, timeout=30, follow_redirects=True)

    async def close(self) -> None:
        """Close the connection."""
        await self._http.aclose()

    async def _page(self, path: str) -> str:
        response = await self._http.get(path)
        response.raise_for_status()
        return response.text

    async def _submit(self, page: str, ending: str, fields: Mapping[str, Any]) -> httpx.Response:
        form = next(form for form in forms(page) if form.action.split("?")[0].endswith(ending))
        return await self._http.post(form.action, data={**form.fields, **fields})

    async def sign_in(self) -> None:
        """Sign in as the first fictional official."""
        done = await self._submit(await self._page("/signin"), "/signin", {"official": "sample-0"})
        done.raise_for_status()

    async def overview(self) -> dict[str, Any]:
        """Give the counts."""
        response = await self._http.get("/api/overview", params={"programme": PROGRAMME})
        response.raise_for_status()
        found: dict[str, Any] = response.json()
        return found

    async def says_duplicate(self, receipt: str) -> bool:
        """Tell whether the row of a submission, found by its receipt number, says that it is a second one."""
        page = await self._page(f"/queue?programme={PROGRAMME}")
        found = await self._submit(page, "/queue/find", {"programme": PROGRAMME, "wanted": receipt})
        found.raise_for_status()
        return _DUPLICATE in found.text

    async def open(self, submission_id: str) -> bool:
        """Open a submission for 심사 (examination); tell whether it could be."""
        shown = await self._look(submission_id)
        return shown is not None and shown.status_code == 200

    async def ask_for_better(self, submission_id: str, due_on: date) -> None:
        """Open a submission and ask for its first certificate again, since it cannot be read (보완)."""
        shown = await self._look(submission_id)
        assert shown is not None, "nothing can be asked of what does not open"
        asked = {"part": "0", "why": "unreadable", "due_on": due_on.isoformat()}
        (await self._submit(shown.text, "/supplement", asked)).raise_for_status()

    async def _look(self, submission_id: str) -> httpx.Response | None:
        page = await self._page(f"/submissions/{submission_id}")
        if not any(form.action.endswith("/looks") for form in forms(page)):
            return None
        return await self._submit(page, "/looks", {"purpose": "심사"})

    async def answer_first_question(self, value: str, source: str) -> int:
        """Answer the question that most reviews wait on; give how many were open."""
        page = await self._page(f"/questions?programme={PROGRAMME}")
        waiting = [
            form for form in forms(page) if form.action.endswith("/answer") and form.fields.get("revision") == "0"
        ]
        if waiting:
            done = await self._http.post(
                waiting[0].action, data={**waiting[0].fields, "value": value, "source": source}
            )
            done.raise_for_status()
        return len(waiting)

    async def confirm_all(self, decision: str) -> str | None:
        """Confirm everybody of a class, by its preview; give the batch's address, None where there is nobody."""
        page = await self._page(f"/queue?programme={PROGRAMME}&class={decision}")
        if not any(form.action.endswith("/batches") for form in forms(page)):
            return None
        preview = await self._submit(page, "/batches", {"programme": PROGRAMME, "class": decision, "all": "1"})
        done = await self._submit(preview.text, "/confirm", {})
        done.raise_for_status()
        return done.url.path

    async def undo_one(self, batch: str) -> str:
        """Undo the first row of a batch that can be undone; give its submission."""
        rows = [form for form in forms(await self._page(batch)) if "submission_id" in form.fields]
        done = await self._http.post(rows[0].action, data=rows[0].fields)
        done.raise_for_status()
        return rows[0].fields["submission_id"]
