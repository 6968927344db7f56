"""Screens as people find them: the main menu, and the keys that work everywhere and on each."""

from dataclasses import dataclass

from services.dashboard.pages.language import WORDS
from services.dashboard.roles import Act

_MENU: tuple[tuple[str, tuple[str, ...], str, Act, bool], ...] = (
    ("/queue", ("/queue", "/submissions", "/claims", "/reveal"), "q", "see", False),
    ("/runs", ("/runs", "/imports", "/batches"), "r", "see", False),
    ("/overview", ("/overview",), "o", "see", False),
    ("/questions", ("/questions",), "a", "see", True),
    ("/failures", ("/failures",), "f", "tend", False),
    ("/programmes", ("/programmes",), "p", "publish", True),
)
"""Where an entry leads, what else it stands for, the key that follows `g`, the act that must be someone's own, and
whether at the office that is responsible for a programme.
"""
_WORD = WORDS | {
    "/queue": "제출 목록",
    "/runs": "일괄 선별",
    "/overview": "현황",
    "/questions": "질문",
    "/failures": "처리되지 못한 것",
    "/programmes": "사업 관리",
}
EVERYWHERE = WORDS | {
    "?": "이 안내 열고 닫기",
    "Esc": "이 안내 닫기",
    "n": "다음 쪽",
    "p": "앞 쪽",
}
"""Single keys, which do nothing while something is being typed."""
SCREEN = WORDS | {"queue": "제출 목록에서", "submission": "제출 한 건에서"}
KEYS = {
    "queue": WORDS
    | {
        "j": "다음 제출",
        "k": "앞 제출",
        "Enter": "제출 열기(열람하기 전에 한 번 더 묻습니다)",
        "c": "맡기, 내가 맡은 것이면 내려놓기",
        "x": "선택하기, 선택 풀기",
        "/": "찾기",
    },
    "submission": WORDS
    | {
        "Tab": "값과 그림의 표시를 차례로 짚기: 짝이 함께 밝아집니다",
        "Enter": "짚은 값의 위치로, 짚은 표시의 값으로",
        "n": "목록의 다음 제출",
    },
}
"""Keys of one screen, by its name in `SCREEN`."""


@dataclass(frozen=True)
class Entry:
    """One entry of the main menu, in the language of the page."""

    href: str
    word: str
    key: str
    act: Act
    led: bool
    """Whether it is about whole programmes, and so for their responsible offices."""
    here: bool


def menu(path: str) -> list[Entry]:
    """Give the main menu as it is on the page at this path."""
    return [
        Entry(href, _WORD[href], key, act, led, any(path == one or path.startswith(f"{one}/") for one in under))
        for href, under, key, act, led in _MENU
    ]


def screen(path: str) -> str | None:
    """Give the name of the screen that has keys of its own; None where it has none."""
    if path in ("/queue", "/queue/find"):
        return "queue"
    return "submission" if path.startswith("/submissions/") and "/looks/" in path else None
