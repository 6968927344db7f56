"""Words of the queue and of the overview: what can be chosen, what the charts show."""

from services.dashboard.pages.language import WORDS

ONLY = WORDS | {
    "": "모두",
    "new": "지난번 뒤에 들어온 것",
    "soon": "보유기간이 30일 안에 끝나는 것",
    "mine": "내가 맡은 것",
}
ONLY_HELP = WORDS | {
    "new": "마지막으로 이 목록을 본 뒤에 데스크에 들어온 제출을 들어온 순서로 보입니다.",
    "soon": "결정하지 않은 제출 가운데 보유기간이 30일 안에 끝나는 것입니다. 기간이 지나면 파기합니다.",
    "mine": "내가 맡은 제출을 먼저 끝나는 것부터 보입니다. 맡은 시간이 지난 것도 하루 동안 보입니다.",
}
WAITS = WORDS | {
    "1h": "1시간 안",
    "4h": "4시간 안",
    "1d": "하루 안",
    "3d": "3일 안",
    "7d": "7일 안",
    "14d": "14일 안",
    "more": "14일 넘음",
}
"""The stretches of waiting time, as `figures.WAITS` cuts them."""
OUTCOME = WORDS | {
    "eligible": "적격",
    "ineligible": "부적격",
    "review": "확인필요",
    "unreadable": "판독불가",
    "open": "보완·보류·처리 중",
    "gone": "취하·회수·만료",
    "in": "받음",
    "out": "결정",
}
"""What the charts put together."""
