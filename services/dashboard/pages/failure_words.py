"""Words for what failed, and for what can be done about it."""

from services.dashboard.failures import Failure
from services.dashboard.pages import untold_words, words
from services.dashboard.pages.language import WORDS
from services.dashboard.pages.language import gettext as _

KIND = WORDS | {
    "unreadable": "판독불가",
    "parked": "처리 보류",
    "stuck": "멈춘 제출",
    "untold": "전하지 못한 알림",
}
HELP = WORDS | {
    "unreadable": "기계가 증명서를 읽지 못했습니다. 신청인에게는 알렸습니다. "
    "증명서를 열어 직접 읽어 적거나 보완을 요청할 수 있습니다.",
    "parked": "한 서비스가 이 제출에 대한 메시지를 처리하지 못해 따로 두었습니다. "
    "원인이 고쳐졌으면 다시 처리하게 하세요. 다시 처리한 것이 또 보류되면 새로 나옵니다.",
    "stuck": "판독과 선별, 또는 회수·취하를 기다리는데 한동안 아무 소식이 없습니다. "
    "다시 처리하게 하면 멈춘 곳부터 이어집니다.",
    "untold": "지갑 앱이 하루 동안 받지 않아 그만둔 알림입니다. 신청인이 앱에서 조회하면 볼 수 있습니다. "
    "급하면 전화나 우편으로 알리세요.",
}
EMPTY = WORDS | {
    "unreadable": "읽지 못한 제출이 없습니다.",
    "parked": "따로 둔 메시지가 없습니다.",
    "stuck": "멈춘 제출이 없습니다.",
    "untold": "전하지 못한 알림이 없습니다.",
}
SERVICE = WORDS | {
    "intake": "접수",
    "extraction": "판독",
    "eligibility": "선별",
    "withdrawal": "회수·취하",
    "notification": "알림",
    "dashboard": "심사 데스크",
}
PARKED = WORDS | {
    "vault:certificate_missing": "보관된 증명서 파일을 찾지 못했습니다",
    "vault:facts_missing": "읽은 값을 찾지 못했습니다",
    "vault:unopenable": "보관된 내용이 열리지 않습니다",
    "programme:unknown": "사업이 목록에 없습니다",
    "facts:invalid": "읽은 값의 형식이 맞지 않습니다",
}
_BEGINNINGS = WORDS | {
    "bug:": "프로그램 오류로 처리하지 못했습니다",
    "invalid:": "메시지의 형식이 맞지 않습니다",
    "keyring:": "열쇠를 쓸 수 없습니다",
}
REASON = WORDS | {
    "handed_in": "방문·우편·팩스로 받아 처리함",
    "sent_again": "신청인이 새로 제출함",
    "told": "신청인에게 직접 알림",
    "settled": "이미 해결됨",
    "not_needed": "처리할 필요가 없음",
}
WRONG = WORDS | {
    "owed": "신청인이 회수·취하한 것은 지워질 때까지 목록에서 뺄 수 없어 아무것도 빼지 않았습니다. "
    "그것은 다시 처리하게 하고, 나머지만 골라 빼세요.",
}
"""Why nothing was taken off the list."""
_STUCK = WORDS | {
    "": "아직 읽지 못했습니다",
    "read": "읽었으나 선별되지 않았습니다",
    "taking_back": "신청인이 회수했으나 아직 지워지지 않았습니다",
    "corrected": "값을 바로잡았으나 다시 선별되지 않았습니다",
    "answered": "질문에 답했으나 다시 선별되지 않았습니다",
    "withdrawing": "신청인이 취하했으나 아직 지워지지 않았습니다",
}
WHAT = WORDS | {"replayed": "다시 처리하게 함", "dismissed": "목록에서 뺌"}


def why(failure: Failure) -> str:
    """Say why something failed, for somebody who runs no servers."""
    if failure.kind == "unreadable":
        return words.of(words.UNREADABLE, failure.code)
    if failure.kind == "untold":
        notice = words.of(untold_words.NOTICE, failure.notice)
        how = untold_words.not_accepted(failure.code or None)
        return _("‘{notice}’ 알림: {how}").format(notice=notice, how=how)
    if failure.kind == "stuck":
        return _STUCK[failure.code]
    service = words.of(SERVICE, failure.service)
    told = PARKED.get(failure.code) or next(
        (text for beginning, text in _BEGINNINGS.items() if failure.code.startswith(beginning)),
        _("운영자가 원인을 확인해야 합니다"),
    )
    return f"{service}: {told}"
