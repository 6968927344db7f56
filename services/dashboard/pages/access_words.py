"""The words of the access log: what was done, and for what. The log keeps purposes in Korean, whoever reads it."""

from services.dashboard.pages.language import WORDS

PURPOSES = WORDS | {"심사": "심사", "재검토": "재검토", "민원 응대": "민원 응대", "감사": "감사"}
"""Why somebody looks, as they choose it."""
_OTHER_PURPOSES = WORDS | {
    "내보내기": "내보내기",
    "판독값 정정": "판독값 정정",
    "보완 요청": "보완 요청",
    "결정": "결정",
    "이름으로 찾기": "이름으로 찾기",
}
"""What the gate says by itself."""
ACCESS = WORDS | {
    "viewed": "읽은 값을 열람",
    "exported": "읽은 값을 내보냄",
    "page": "증명서 그림을 봄",
    "decided": "결정을 확정",
    "read": "기계가 읽음",
    "unmasked": "가린 값을 봄",
    "corrected": "읽은 값을 정정",
    "asked": "보완을 요청",
    "found": "이름으로 찾음",
}
MACHINE = WORDS | {"extraction": "판독", "eligibility": "선별", "selection": "일괄 선별"}
"""What the machine reads for."""


def purpose(text: str) -> str:
    """Say for what the access log says that something was done."""
    known = PURPOSES | _OTHER_PURPOSES
    return " · ".join(known.get(part, part) for part in text.split(" · "))
