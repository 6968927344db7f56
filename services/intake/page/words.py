"""What the page says around the story."""

from collections.abc import Mapping
from typing import Literal

from services.intake.words import both
from shared.catalog import Bilingual
from shared.gate import State

Language = Literal["ko", "en"]

TEXTS: Mapping[str, Bilingual] = {
    "title": both("접수증", "Receipt"),
    "other_language": both("English", "한국어"),
    "languages": both("언어", "Language"),
    "skip": both("본문으로 건너뛰기", "Skip to the content"),
    "stands": both("지금", "Now"),
    "next": both("다음", "Next"),
    "expected": both("답이 예상되는 날", "Answer expected by"),
    "due": both("보완할 수 있는 날", "Can be handed in until"),
    "late": both("늦어지고 있음", "late"),
    "late_says": both(
        "예상보다 늦어지고 있습니다. 담당 기관에 문의하실 수 있습니다.",
        "It takes longer than was expected. You may ask the office.",
    ),
    "not_promised": both("예상일 뿐 약속은 아닙니다.", "This is an expectation, not a promise."),
    "by_label": both(
        "예상 기간은 이 사업의 설정 값이며 출처에서 확인한 것이 아닙니다.",
        "How long it takes is a setting of the programme and was found in no source.",
    ),
    "receipt": both("접수번호", "Receipt number"),
    "programme": both("사업", "Programme"),
    "office": both("담당 기관", "Office"),
    "received": both("접수한 때", "Received"),
    "certificates": both("제출한 증명서", "Certificates sent"),
    "history": both("진행", "Progress"),
    "can_do": both("할 수 있는 일", "What you can do"),
    "policy": both("회수에 관한 이 사업의 방침", "This programme's policy on taking back"),
    "contact": both("방문·우편·팩스", "By visit, post or fax"),
    "contact_says": both(
        "앱을 쓸 수 없거나 증명서를 읽지 못했을 때에는 담당 기관에 다음과 같이 제출하거나 문의할 수 있습니다.",
        "Where the app cannot be used, or a certificate could not be read, hand it in or ask at the office.",
    ),
    "to_contact": both("담당 기관 연락처 보기", "See how to reach the office"),
    "visit": both("방문", "Visit"),
    "post": both("우편", "Post"),
    "fax": both("팩스", "Fax"),
    "sample": both("예시", "sample"),
    "unverified": both("미확인", "unverified"),
    "sample_says": both("지어낸 연락처이며 실제로 연결되지 않습니다.", "This contact is made up and reaches nobody."),
    "link": both("이 화면의 주소", "The address of this page"),
    "link_says": both(
        "다른 기기에서 보려면 QR을 찍으세요. 이 주소를 아는 사람은 누구나 이 화면을 볼 수 있습니다. "
        "이름이나 증명서의 내용은 나오지 않습니다.",
        "Scan it to see this page on another device. Whoever has this address can see this page; "
        "it shows no name and nothing of the certificates.",
    ),
    "qr": both("이 화면으로 오는 QR 코드", "QR code that leads to this page"),
    "seoul": both("시각은 서울 기준입니다.", "Times are those of Seoul."),
    "people": both(
        "자동 선별은 권고이고 결정은 사람이 합니다(행정기본법 제20조).",
        "Screening by machine is a recommendation; a person decides.",
    ),
    "live": both("바뀌면 이 화면도 따라 바뀝니다.", "This page follows what happens by itself."),
    "changed": both("진행 상황이 바뀌었습니다", "There is news"),
    "unknown_title": both("접수증을 찾을 수 없습니다", "No such receipt"),
    "unknown": both(
        "주소가 잘리거나 잘못되었습니다. 앱의 접수증에서 다시 열거나 QR을 다시 찍어 주세요.",
        "The address is cut off or mistaken. Open it again from the receipt in your app, or scan the QR code again.",
    ),
    "away_title": both("지금은 볼 수 없습니다", "Not available at the moment"),
    "away": both(
        "접수 시스템이 응답하지 않습니다. 이미 접수된 것은 그대로 있습니다. 잠시 뒤 다시 열어 주세요. "
        "급하면 아래 기관에 방문·우편·팩스로 제출하거나 문의할 수 있습니다.",
        "The system does not answer. What was received is safe. Please open this page again in a while. "
        "If it cannot wait, hand it in or ask at one of these offices by visit, post or fax.",
    ),
}

_NOTHING_LEFT = both(
    "더 하실 일은 없습니다. 다시 신청하려면 지갑 앱에서 새로 제출해 주세요.",
    "There is nothing left to do. To apply again, submit anew with your wallet app.",
)
_UNDER_WAY = both("처리되는 동안 하실 일은 없습니다.", "There is nothing to do while it is under way.")
_TOO_LATE = both(
    "이제 회수할 수 없습니다. 처리가 끝나기 전까지는 지갑 앱에서 신청을 취하할 수 있습니다.",
    "It can no longer be taken back. Until the case is closed you can withdraw the application with your wallet app.",
)

CAN_DO: Mapping[State, Bilingual] = {
    "held": both(
        "담당자가 열람하거나 결정하기 전까지 회수할 수 있습니다. 회수는 본인의 지갑 앱에서만 할 수 있으며, "
        "제출할 때 쓴 앱이 아니어도 됩니다. 이 화면에서는 회수할 수 없습니다.",
        "You can take it back until an official has looked or decided. Only your wallet app can do that, "
        "and any of your wallet apps can. It cannot be done on this page.",
    ),
    "viewed": _TOO_LATE,
    "decided": _TOO_LATE,
    "taking_back": _UNDER_WAY,
    "withdrawing": _UNDER_WAY,
    "taken_back": _NOTHING_LEFT,
    "withdrawn": _NOTHING_LEFT,
    "expired": _NOTHING_LEFT,
}
CLOSED = both(
    "처리가 끝나 회수하거나 취하할 수 없습니다. 결과는 지갑 앱에서 볼 수 있고, "
    "결정에 대한 문의는 담당 기관에 해 주세요.",
    "The case is closed: it can be neither taken back nor withdrawn. Your wallet app shows the result; "
    "ask the office about the decision.",
)
