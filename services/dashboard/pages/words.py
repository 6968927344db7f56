"""The words for every code that a page shows. A code that is not here is shown as it is, rather than hidden."""

from collections.abc import Mapping

from services.dashboard.pages.language import WORDS
from services.dashboard.pages.language import gettext as _

CLASS = WORDS | {
    "withdrawn": "취하",
    "taken_back": "회수",
    "expired": "보유기간 만료",
    "unreadable": "판독불가",
    "eligible": "적격",
    "ineligible": "부적격",
    "review": "확인필요",
    "supplement": "보완 요청",
    "parked": "처리 보류",
    "in_flight": "처리 중",
}
CLASS_HELP = WORDS | {
    "withdrawn": "신청인이 신청을 취하했습니다.",
    "taken_back": "신청인이 열람 전에 회수했습니다. 내용은 파기되었습니다.",
    "expired": "보유기간이 지나 파기했습니다.",
    "unreadable": "증명서를 읽지 못했습니다.",
    "eligible": "선별 결과가 적격입니다. 확정은 담당자가 합니다.",
    "ineligible": "선별 결과가 부적격입니다. 확정은 담당자가 합니다.",
    "review": "기계가 판단하지 못해 사람이 보아야 합니다.",
    "supplement": "더 나은 증명서를 기다립니다.",
    "parked": "처리하지 못한 메시지가 있어 운영자가 확인해야 합니다.",
    "in_flight": "판독과 선별을 기다립니다.",
}
GROUP = WORDS | {
    "selected": "선정",
    "waiting": "대기",
    "not_selected": "미선정",
    "duplicate": "중복",
    "ineligible": "부적격",
    "review": "확인필요",
    "unreadable": "판독불가",
    "in_flight": "처리 중",
    "taken_back": "회수",
    "withdrawn": "취하",
    "expired": "보유기간 만료",
}
"""The groups of a selection run."""
LEFT = WORDS | {
    "selected": "이번에 고르지 않음",
    "ineligible": "이번에 고르지 않음",
    "waiting": "적격이지만 대기자 명단에 있음",
    "not_selected": "적격이지만 정원 밖",
    "duplicate": "같은 사람이나 세대의 나중 신청",
    "review": "사람이 보아야 함",
    "unreadable": "판독하지 못함",
    "in_flight": "아직 처리 중이었음",
    "taken_back": "신청인이 회수함",
    "withdrawn": "신청인이 취하함",
    "expired": "보유기간이 지남",
}
"""Why a group of a run is not decided with the others."""
RUN = WORDS | {
    "announced": "시드 봉인",
    "requested": "선별 중",
    "receiving": "결과 받는 중",
    "failed": "실패",
    "ready": "초안",
}
FAILED = WORDS | {
    "programme:version_unknown": "이 규칙 판이 선별 서비스의 목록에 없습니다.",
    "lottery:no_seed": "추첨에 쓸 시드가 없거나 시드가 아닙니다.",
    "selection:gave_up": "여러 번 시도했지만 끝내지 못했습니다. 운영자에게 알려 주세요.",
}
"""Why a run has no draft."""
BATCH = WORDS | {
    "drafting": "만드는 중",
    "draft": "확정 전",
    "proposed": "승인 대기",
    "declined": "확정하지 않음",
    "deciding": "확정 중",
    "done": "확정됨",
    "undoing": "취소 중",
}
ENDING = WORDS | {
    "": "결정하지 않음",
    "accepted": "확정",
    "refused": "확정하지 않음",
    "undone": "취소됨",
    "kept": "취소하지 못함",
    "dropped": "빠짐",
}
ORDER = WORDS | {"priority": "우선순위", "score": "점수", "first_come": "접수순", "lottery": "추첨"}
PROBLEM = WORDS | {
    "not_found": "없는 접수번호입니다",
    "other_office": "다른 부서가 담당하는 제출입니다",
    "other_programme": "다른 사업에 낸 제출입니다",
    "unknown_decision": "결정은 적격이나 부적격이어야 합니다",
    "twice": "위에 이미 나온 접수번호입니다",
    "not_screened": "아직 선별되지 않았습니다",
    "not_looked_at": "선별 결과와 다르게 결정하려면 먼저 열람해야 합니다",
}
"""Why a line of a file makes no decision; what is not here is in `REFUSED`."""
WRONG_FILE = WORDS | {
    "not_text": "CSV 파일로 읽을 수 없습니다. UTF-8이나 CP949로 저장한 CSV여야 합니다.",
    "no_columns": "첫 줄에 ‘접수번호’와 ‘결정’ 열이 있어야 합니다.",
    "too_many": "줄이 너무 많습니다. 나누어 올려 주세요.",
    "nothing": "결정이 적힌 줄이 없습니다.",
}
MARK = WORDS | {"": "전체", "unseen": "미열람", "undecided": "미결정", "decided": "결정됨"}
DECISION = WORDS | {"eligible": "적격", "ineligible": "부적격"}
RESULT = WORDS | {"met": "충족", "not_met": "미충족", "cannot_tell": "확인 불가"}
FINDING = WORDS | {
    "altered": "변조",
    "certificate_failed": "인증서 검증 실패",
    "unreadable": "판독불가",
    "same_file": "같은 파일",
    "same_number": "같은 발급번호",
    "subject_differs": "명의인 다름",
    "subject_unclear": "명의인 확인 필요",
    "issue_date_unknown": "발급일 미상",
    "expired": "유효기간 지남",
    "stale": "발급일 경과",
    "before_announcement": "공고일 전 발급",
    "unverified": "진본 미검증",
    "superseded": "새 발급본 있음",
    "duplicate": "중복 신청",
    "sources_disagree": "출처 불일치",
    "metadata_only": "서명 없는 값",
    "metadata_unreadable": "데이터 해석 불가",
    "business_number_check": "번호 확인 필요",
    "rrn_redacted": "주민번호 가림",
}
SAYS = WORDS | {
    "altered": "발급된 뒤에 내용이 바뀌었습니다. 이 증명서의 값은 판단에 쓰지 않았습니다.",
    "certificate_failed": "서명한 인증서를 믿을 수 없습니다. 이 증명서의 값은 판단에 쓰지 않았습니다.",
    "same_file": "똑같은 파일을 다른 사람도 제출했습니다. 이 증명서의 값은 판단에 쓰지 않았습니다.",
    "same_number": "발급번호가 같은 증명서를 다른 사람도 제출했습니다. 이 증명서의 값은 판단에 쓰지 않았습니다.",
    "subject_differs": "명의인이 제출자와 다릅니다. 이 증명서의 값은 판단에 쓰지 않았습니다.",
    "subject_unclear": "명의인이 제출자인지 이름과 생년월일만으로는 알 수 없습니다.",
    "issue_date_unknown": "발급일을 읽지 못해 기한 안에 발급되었는지 알 수 없습니다.",
    "expired": "기준일에 이미 유효기간이 지났습니다.",
    "stale": "이 사업이 정한 기한보다 먼저 발급되었습니다.",
    "before_announcement": "이 사업의 공고일보다 먼저 발급되었습니다. 이 증명서의 값은 판단에 쓰지 않았습니다.",
    "unverified": "진본인지 확인되지 않았습니다.",
    "superseded": "더 나중에 발급된 같은 증명서가 있어 그것으로 판단했습니다.",
    "duplicate": "같은 사람이 이 사업에 먼저 낸 다른 제출이 있습니다.",
    "sources_disagree": "출처마다 값이 달라 어느 쪽도 쓰지 않았습니다.",
    "metadata_only": "함께 받은 데이터에만 있는 값입니다. 전자서명이 보증하지 않습니다.",
    "metadata_unreadable": "함께 받은 데이터를 해석할 수 없어 쓰지 않았습니다.",
    "business_number_check": "검증 숫자가 맞지 않는 번호입니다. 잘못 적혔을 수 있습니다.",
    "rrn_redacted": "주민등록번호 전체가 적혀 있어 뒷자리를 가렸습니다.",
}
"""What a finding says of one certificate, or of the submission. One that is not here is told by its word alone."""
UNREADABLE = WORDS | {
    "not_a_pdf": "PDF 파일이 아닙니다",
    "polyglot": "PDF이면서 다른 파일이기도 합니다",
    "active_content": "증명서에 필요 없는 실행 요소가 들어 있습니다",
    "damaged": "파일이 손상되었습니다",
    "encrypted": "암호가 걸려 있습니다",
    "no_text_layer": "글자 정보가 없는 그림 파일입니다",
    "wrong_certificate": "요구한 증명서가 아닙니다",
    "too_many_pages": "쪽수가 너무 많습니다",
    "time_limit": "읽는 데 너무 오래 걸립니다",
    "memory_limit": "읽는 데 메모리가 너무 많이 듭니다",
    "output_limit": "읽은 내용이 너무 많습니다",
    "reader_failed": "판독기가 처리하지 못했습니다",
}
AUTHENTICITY = WORDS | {
    "genuine": "진본",
    "altered": "변조",
    "certificate_failed": "인증서 검증 실패",
    "unverified": "미검증",
}
EVIDENCE = WORDS | {
    "none": "전자서명이나 시점 확인이 없어 확인할 근거가 없습니다",
    "pades:whole_file": "전자서명이 파일 전체를 덮고, 믿는 인증서로 이어집니다",
    "pades:whole_revision": "전자서명이 서명 당시의 파일 전체를 덮고, 믿는 인증서로 이어집니다",
    "pades:no_trust_roots": "전자서명은 맞지만 견줄 인증서가 설정되어 있지 않습니다",
    "pades:untrusted": "전자서명은 맞지만 믿는 인증서로 이어지지 않습니다",
    "pades:unreadable": "전자서명을 해석할 수 없습니다",
    "pades:appended": "전자서명 뒤에 파일에 내용이 덧붙었습니다",
    "pades:broken": "전자서명한 내용과 파일이 서로 다릅니다",
    "timestamp:document": "문서 시점 확인(타임스탬프)이 파일 전체를 덮고, 믿는 인증서로 이어집니다",
    "timestamp:government": "행정 시점 확인(Government Timestamp)이 파일 전체를 덮고, 믿는 인증서로 이어집니다",
    "timestamp:no_trust_roots": "시점 확인은 맞지만 견줄 인증서가 설정되어 있지 않습니다",
    "timestamp:no_nonce": "시점 확인에 고시가 요구하는 난수(nonce)가 없습니다",
    "timestamp:untrusted": "시점 확인은 맞지만 믿는 인증서로 이어지지 않습니다",
    "timestamp:unreadable": "시점 확인을 해석할 수 없습니다",
    "timestamp:appended": "시점 확인 뒤에 파일에 내용이 덧붙었습니다",
    "timestamp:broken": "시점을 확인한 내용과 파일이 서로 다릅니다",
}
SOURCE = WORDS | {"metadata": "함께 받은 데이터", "embedded": "내장 데이터", "text": "문자층", "person": "담당자"}
REFUSED = WORDS | {
    "not_found": "없는 제출입니다",
    "held": "취소할 확정이 없습니다",
    "undone": "이미 취소한 확정입니다",
    "no_reason": "선별 결과와 다른 결정인데 사유가 없습니다",
    "viewed": "이미 열람되었습니다",
    "decided": "이미 결정되었습니다",
    "closed": "이미 처리가 끝났습니다",
    "taking_back": "신청인이 먼저 회수했습니다",
    "taken_back": "신청인이 먼저 회수했습니다",
    "withdrawing": "신청인이 먼저 취하했습니다",
    "withdrawn": "신청인이 먼저 취하했습니다",
    "expired": "보유기간이 지나 파기했습니다",
    "not_viewed": "아직 열람하지 않은 제출입니다",
    "corrected": "그사이 다른 담당자가 값을 정정했거나 조건을 확인했습니다",
    "not_asked": "보완을 요청한 제출이 아닙니다",
    "screened_again": "그사이 다시 선별되었습니다",
    "pending": "이미 확정 대기 중입니다",
    "supplement": "보완을 기다립니다",
    "unreadable": "판독하지 못했습니다",
    "unavailable": "저장소가 응답하지 않아 열람 여부를 알 수 없습니다",
}
ACT = WORDS | {
    "answers": "질문에 답함(바꿈, 거둠 포함)",
    "views": "제출을 하나씩 열람함",
    "exports": "판독값을 내보냄",
    "runs": "일괄 선별을 요청함",
    "decisions": "제출 하나를 결정함",
    "confirmations": "여럿을 한꺼번에 확정하거나 결재를 올림",
    "approvals": "결재함(승인, 반려, 거둠)",
    "by_hand": "값을 정정하거나 보완을 요청함",
    "corrections": "결정을 취소함",
}
SUPPLEMENT = WORDS | {
    "unreadable": "글자를 읽을 수 없음",
    "incomplete": "쪽이나 내용이 빠짐",
    "too_old": "기한 안에 발급된 것이 필요함",
    "wrong_certificate": "다른 증명서가 필요함",
    "unclear": "이것만으로 확인되지 않음",
}
"""Why a better certificate is asked for."""
ANSWER = WORDS | {"yes": "예", "no": "아니요", "cannot_tell": "알 수 없음"}
WORK = WORDS | {
    "employee": "근로자",
    "civil_servant": "공무원",
    "private_school": "사립학교 교직원",
    "self_employed": "자영업",
}


BASIS = WORDS | {"미확인": "미확인", "예시": "예시"}
"""How a programme labels what no source says."""


def of(table: Mapping[str, str], code: object) -> str:
    """Give a code's word."""
    return table.get(str(code), str(code))


def group(code: str) -> str:
    """Give a group's word, or a class's; of none, that it was not there."""
    return (GROUP | CLASS).get(code, code) if code else _("없음")


def problem(code: str) -> str:
    """Say why a line of a file makes no decision."""
    return PROBLEM.get(code) or of(REFUSED, code)


def evidence(code: str) -> str:
    """Say what the authenticity of a certificate rests on."""
    return EVIDENCE.get(code) or _("이 화면이 아직 설명하지 못하는 근거입니다(코드 {code})").format(code=code)


def question(text: object) -> str:
    """Put a question about the world into words."""
    if not isinstance(text, dict):
        return str(text)
    name, number = text.get("name", ""), text.get("number")
    about = _("{name} (번호 {number})").format(name=name, number=number) if number else f"{name}"
    if text.get("topic") == "workplace_in_seoul":
        return _("「{about}」의 사업장이 서울에 있습니까?").format(about=about)
    return _("「{about}」에 대한 질문: {topic}").format(about=about, topic=text.get("topic", ""))
