"""Words for roles and acts, and for why somebody could not be signed in."""

from services.dashboard.pages.language import WORDS
from services.dashboard.pages.language import gettext as _

NOT_SIGNED_IN = WORDS | {
    "away": "기관의 통합 로그인이 응답하지 않습니다. 잠시 후 다시 시도하세요. 이미 로그인한 사람은 계속 일합니다.",
    "state": "로그인을 시작한 화면과 이어지지 않거나 10분이 지났습니다. 다시 로그인하세요.",
    "denied": "기관의 통합 로그인에서 로그인이 끝나지 않았습니다. 다시 로그인하세요.",
    "token": "기관의 통합 로그인이 보낸 것을 믿을 수 없어 로그인하지 않았습니다. 되풀이되면 운영자에게 알려 주세요.",
    "person": "기관의 통합 로그인이 누구인지 알려 주지 않았습니다. 운영자에게 알려 주세요.",
    "name": "기관의 통합 로그인이 성명을 알려 주지 않았습니다. 운영자에게 알려 주세요.",
    "office": "기관의 통합 로그인이 알려 준 부서가 이 시스템에 없습니다. 운영자에게 부서 등록을 요청하세요.",
    "roles": "이 시스템에서 할 수 있는 역할이 없습니다. 기관의 로그인 관리자에게 역할을 요청하세요.",
}
ROLE = WORDS | {"reader": "열람자", "handler": "처리 담당자", "approver": "승인자", "administrator": "관리자"}
ACT = WORDS | {
    "see": "목록과 건수 보기",
    "leave": "로그아웃",
    "open": "증명서 열람",
    "correct": "읽은 값 정정",
    "supplement": "보완 요청하기",
    "decide": "한 건씩 결정",
    "undo": "결정 취소",
    "answer": "질문에 답하기",
    "run": "일괄 선별 요청",
    "draft": "결정 초안 만들기",
    "propose": "초안 올리기",
    "decline": "초안 돌려보내기",
    "confirm": "여러 건 확정과 승인",
    "export": "목록 내보내기",
    "reveal": "읽은 값까지 내보내기",
    "tend": "처리되지 못한 것 살피기",
    "mend": "전하지 못한 알림 살피기",
    "publish": "사업의 판 만들기, 게시, 접수 마감",
}


def not_allowed() -> str:
    """Say that something is not theirs to do."""
    return _("할 수 없는 일입니다")
