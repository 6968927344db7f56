"""The words for what citizens could not be told and what can be done about it: Korean, the remedies in English too."""

NOTICE = {
    "received": "접수",
    "unreadable": "판독불가",
    "supplement_asked": "보완 요청",
    "viewed": "열람",
    "decided": "결정",
    "taken_back": "회수 완료",
    "withdrawn": "취하 완료",
}
SUSPENSION = {
    "gone": "지갑 앱이 알림 주소를 없앴다고 답함(410)",
    "failing": "여러 시간 동안 아무 알림도 받지 않음",
}
NOT_ACCEPTED = {
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
UNTOLD_REMEDY = {
    "ko": "지갑 앱이 하루 동안 받지 않은 알림입니다. 내용은 신청인이 앱에서 조회하면 볼 수 있습니다. "
    "급하면 전화나 우편으로 알리고, 운영자에게 ‘gubi wallets replay’로 다시 보내 달라고 하세요.",
    "en": "The wallet app did not accept these for a day. The citizen still sees them by asking the app. Where it is "
    "urgent, call or write; an operator can send them again by ‘gubi wallets replay’.",
}
SUSPENDED_REMEDY = {
    "ko": "보낼 알림은 잃지 않고 기다립니다. 지갑 앱이 고쳐지면 운영자가 ‘gubi wallets resume’으로 다시 보냅니다.",
    "en": "Nothing is lost: notices wait. Once the app is repaired, an operator resumes them by ‘gubi wallets resume’.",
}


def not_accepted(code: str | None) -> str:
    """Say how a wallet app did not accept a notice."""
    if code is None:
        return "알 수 없음"
    status = code.removeprefix("http_")
    return f"HTTP {status}로 답함" if status != code else NOT_ACCEPTED.get(code, code)
