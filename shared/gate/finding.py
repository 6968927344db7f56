"""Finding by name without showing a name: keyed tokens of it stand in the gate's document, and end with the key.

Which submissions a name belongs to is told; whose they are is not. A token holds for one programme, so that nobody who
reads the store sees one person in two; without the secret of the keyring it says nothing.
"""

from collections.abc import Callable, Collection, Iterable

from shared.audit import Access
from shared.catalog.search import initials, normalise
from shared.gate.model import OPEN, Official
from shared.gate.moves import Moves
from shared.mongo import Document, adapting, find_among

SHORTEST = 2
"""Letters of a name, at least: one initial consonant would find a fifteenth of everybody."""
_CONSONANTS = frozenset("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ")

Token = Callable[[str, str], str]
"""Makes a keyed token for a purpose."""


def name_tokens(token: Token, programme_id: str, name: str) -> tuple[str, ...]:
    """Give the tokens that a name is found by: of the whole of it, and of its initial consonants (초성)."""
    whole = normalise(name)
    first = initials(whole)
    tokens = (token("name", f"{programme_id}|{whole}"), token("name-initials", f"{programme_id}|{first}"))
    return tokens if first != whole else tokens[:1]


def searched_token(token: Token, programme_id: str, typed: str) -> str | None:
    """Give the token of what was typed: of initials where it is nothing but consonants; None where it is too short."""
    wanted = normalise(typed)
    if len(wanted) < SHORTEST:
        return None
    return token("name-initials" if _CONSONANTS.issuperset(wanted) else "name", f"{programme_id}|{wanted}")


class FindingCalls(Moves):
    """What the desk asks of the gate to find somebody who is on the telephone, and to tell of many at once."""

    async def find_by_name(
        self,
        programme_id: str,
        typed: str,
        *,
        official: Official,
        request_id: str,
        limit: int,
        offices: Collection[str] | None = None,
    ) -> list[str]:
        """Give at most `limit` open submissions of a programme whose submitter has this name, or these initials.

        With `offices`, only of what was sent to these: what was sent elsewhere is neither found nor logged as found.

        That they were found stands in the access log first (whoever asks learns that a name is among them); it is no
        look, opens nothing, and takes no right away. Raises `Unavailable`.
        """
        wanted = searched_token(self._keyring.token, programme_id, typed)
        if wanted is None:
            return []
        chosen: Document = {"finds": wanted, "state": {"$in": list(OPEN)}}
        if offices is not None:
            chosen["office"] = {"$in": list(offices)}
        async with adapting():
            found = await self._submissions.find(chosen, {"holder": 1}).limit(limit).to_list(None)
        if found and not await self._log.known([request_id]):
            names, holders = zip(*((one["_id"], one["holder"]) for one in found), strict=True)
            await self._log.append(
                Access(
                    what="found",
                    at=self._clock(),
                    act=request_id,
                    official=official.id,
                    office=official.office,
                    address=official.address,
                    purpose="이름으로 찾기",
                    programme_id=programme_id,
                    submissions=names,
                    holders=holders,
                )
            )
        return [one["_id"] for one in found]

    async def kinds(self, submission_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Give the declared kinds of certificates of each of these, for figures over many: shown of one, they reveal.

        Raises `Unavailable`.
        """
        async with adapting():
            found = await find_among(self._submissions, "_id", submission_ids, projection={"certificates.kind": 1})
        return {one["_id"]: tuple(held["kind"] for held in one["certificates"]) for one in found}
