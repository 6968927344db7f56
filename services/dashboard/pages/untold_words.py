"""The words for what citizens could not be told, and for why wallet apps are told nothing for now."""

from services.dashboard.pages.language import WORDS
from services.dashboard.pages.language import gettext as _

NOTICE = WORDS | {
    "received": "접수 완료",
    "unreadable": "판독불가",
    "supplement_asked": "보완 요청",
    "viewed": "열람",
    "decided": "결정",
    "taken_back": "회수 완료",
    "withdrawn": "취하 완료",
}
SUSPENSION = WORDS | {
    "gone": "지갑 앱이 알림 주소를 없앴다고 답함(410)",
    "failing": "여러 시간 동안 아무 알림도 받지 않음",
}
NOT_ACCEPTED = WORDS | {
    "timeout": "제때 답하지 않음",
    "connecterror": "연결되지 않음",
    "readerror": "답을 받다가 연결이 끊김",
    "writeerror": "보내다가 연결이 끊김",
    "remoteprotocolerror": "HTTP에 맞지 않게 답함",
    "host_not_found": "주소를 찾을 수 없음",
    "address_not_public": "공개된 주소가 아님",
    "not_https": "https가 아님",
    "url_with_user": "주소에 사용자 이름이 들어 있음",
    "port_not_allowed": "쓸 수 없는 포트",
}
"""How a wallet app did not accept a notice; an HTTP status is told by its number."""


def not_accepted(code: str | None) -> str:
    """Say how a wallet app did not accept a notice."""
    if code is None:
        return _("알 수 없음")
    status = code.removeprefix("http_")
    return _("HTTP {status}로 답함").format(status=status) if status != code else NOT_ACCEPTED.get(code, code)
