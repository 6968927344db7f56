"""What a citizen is told in words, in Korean and English, each for somebody who has never read a law."""

from collections.abc import Mapping

from services.intake.expecting import Coming
from services.intake.timeline import What
from shared.catalog import Bilingual
from shared.events import SupplementWhy
from shared.facts import Authenticity, UnreadableReason


def both(ko: str, en: str) -> Bilingual:
    """Give a text in both languages."""
    return Bilingual(ko=ko, en=en)


STEPS: Mapping[What, Bilingual] = {
    "received": both("접수되었습니다", "Received"),
    "authentic": both("진본인지 살펴보았습니다", "Checked for genuineness"),
    "read": both("증명서를 자동으로 읽었습니다", "Read by machine"),
    "unreadable": both("증명서를 읽지 못했습니다", "Could not be read"),
    "waiting": both("자동 선별을 마치고 담당자를 기다립니다", "Screened by machine, waiting for an official"),
    "supplement_asked": both("보완을 요청받았습니다", "A better certificate was asked for"),
    "supplemented": both("보완한 증명서를 받았습니다", "The better certificate was received"),
    "viewed": both("담당자가 열람했습니다", "Viewed by an official"),
    "decided": both("결정되었습니다", "Decided"),
    "take_back_requested": both("회수를 요청했습니다", "Take-back asked for"),
    "withdrawal_requested": both("취하를 요청했습니다", "Withdrawal asked for"),
    "taken_back": both("회수되어 파기되었습니다", "Taken back and destroyed"),
    "withdrawn": both("신청이 취하되었습니다", "The application was withdrawn"),
    "expired": both("보존 기간이 끝나 파기되었습니다", "Destroyed at the end of its retention period"),
}

DETAILS: Mapping[What, Bilingual] = {
    "read": both(
        "기계가 읽었을 뿐, 사람이 열람한 것이 아닙니다.", "A machine has read it. No person has looked at it."
    ),
    "waiting": both(
        "자동 선별은 담당자를 돕는 권고일 뿐이며, 결정은 사람이 합니다.",
        "The machine only recommends. A person decides.",
    ),
    "taken_back": both(
        "증명서와 거기서 읽은 내용을 여는 열쇠를 파기했습니다. "
        "파기 확인서는 본인의 어느 지갑 앱에서든 받을 수 있습니다.",
        "The key to the certificates, and to all that was read from them, was destroyed. "
        "Any of your wallet apps can get the record of the destruction.",
    ),
    "withdrawn": both(
        "증명서와 거기서 읽은 내용을 더 이상 열 수 없습니다. 파기 확인서는 본인의 어느 지갑 앱에서든 받을 수 있습니다.",
        "The certificates, and all that was read from them, can no longer be opened. "
        "Any of your wallet apps can get the record of the destruction.",
    ),
}

NEXT: Mapping[Coming, tuple[Bilingual, Bilingual]] = {
    "read": (
        both("자동으로 읽기", "Reading by machine"),
        both("차례가 되면 자동으로 읽습니다.", "It is read in turn."),
    ),
    "waiting": (
        both("자동 선별", "Screening by machine"),
        both("읽은 내용을 사업의 조건에 비추어 봅니다.", "What was read is held against the programme's conditions."),
    ),
    "viewed": (
        both("담당자의 열람 또는 결정", "An official looks at it, or decides"),
        both(
            "열람하기 전까지는 제출한 것을 회수할 수 있습니다.",
            "Until somebody has looked you can take it back.",
        ),
    ),
    "decided": (
        both("담당자의 결정", "An official's decision"),
        both(
            "결정되면 본인의 지갑 앱에서 결과를 볼 수 있습니다.", "Your wallet app shows the result once it is decided."
        ),
    ),
    "supplement": (
        both("보완 서류 제출", "Sending what was asked for"),
        both(
            "앱에서 보완 제출로 보내 주세요. 접수 순서는 그대로입니다. 방문·우편·팩스로도 낼 수 있고, "
            "기한은 두 번까지 늘려 달라고 담당 기관에 청할 수 있습니다.",
            "Send it from your app as a supplement; your place in line stays. It can also be handed in by visit, "
            "post or fax, and you may ask the office for more time, twice.",
        ),
    ),
    "sent_again": (
        both("다시 제출하거나 방문·우편·팩스로 제출", "Send it again, or by visit, post or fax"),
        both(
            "앱에서 증명서를 새로 발급받아 다시 제출하거나, 아래 담당 기관에 방문·우편·팩스로 제출할 수 있습니다.",
            "Have the certificate issued again in your app and send that, or hand it in at the office below "
            "by visit, post or fax.",
        ),
    ),
    "taken_back": (
        both("파기 완료", "Destruction completed"),
        both("열쇠를 파기하는 중이며, 끝나면 여기에 나옵니다.", "The key is being destroyed; this page will say when."),
    ),
    "withdrawn": (
        both("취하 완료", "Withdrawal completed"),
        both("취하를 처리하는 중이며, 끝나면 여기에 나옵니다.", "It is being withdrawn; this page will say when."),
    ),
}

OWN_WORDS = both("담당자가 적은 사유: {words}", "The official's own words: {words}")
REMEDY = both(
    "결정에 이의가 있으면 아래 담당 기관에 방문·우편·팩스로 알리고, 이의를 제기하는 방법과 기한을 물어보세요.",
    "If you disagree, tell the office below by visit, post or fax, and ask how and until when you can object.",
)
"""A sample, labelled so: which remedies there are, and until when, the office says (settings `remedy_ko` and `_en`)."""

UNREADABLE: Mapping[UnreadableReason, Bilingual] = {
    "not_a_pdf": both("보낸 파일이 PDF가 아닙니다.", "The file sent is not a PDF."),
    "damaged": both("파일이 손상되어 열리지 않습니다.", "The file is damaged and does not open."),
    "polyglot": both(
        "PDF 앞뒤에 다른 것이 섞여 있어 안전하게 열 수 없습니다.",
        "Something else is mixed into the PDF, so it cannot be opened safely.",
    ),
    "encrypted": both("파일에 암호가 걸려 있습니다.", "The file is locked by a password."),
    "active_content": both(
        "증명서에 있을 수 없는 실행 요소가 들어 있습니다.",
        "The file holds something to be run, as no certificate does.",
    ),
    "no_text_layer": both(
        "글자가 들어 있지 않은 그림(스캔·사진) 파일입니다.", "The file is a picture (a scan or photo) without text."
    ),
    "wrong_certificate": both(
        "보낼 때 고른 것과 다른 증명서입니다.", "It is another certificate than was chosen when sending."
    ),
    "too_many_pages": both("증명서치고 쪽수가 너무 많습니다.", "It has too many pages for a certificate."),
    "time_limit": both("읽는 데 너무 오래 걸려 멈추었습니다.", "Reading took too long and was stopped."),
    "memory_limit": both("파일이 너무 커서 읽다가 멈추었습니다.", "Reading needed too much memory and was stopped."),
    "output_limit": both("들어 있는 내용이 너무 많아 읽다가 멈추었습니다.", "There was too much in it to be read."),
    "reader_failed": both(
        "이 증명서의 모양을 알아보지 못했습니다.", "The layout of this certificate could not be made out."
    ),
}

SUPPLEMENT: Mapping[SupplementWhy, Bilingual] = {
    "unreadable": both("글자를 읽을 수 없습니다.", "It cannot be read."),
    "incomplete": both("빠진 쪽이나 내용이 있습니다.", "A page or something else is missing."),
    "too_old": both(
        "이 사업이 정한 기한 안에 발급된 것이 필요합니다.", "One issued within the programme's period is needed."
    ),
    "wrong_certificate": both("다른 증명서가 필요합니다.", "Another certificate is needed."),
    "unclear": both("이것만으로는 확인할 수 없습니다.", "It does not settle what has to be checked."),
}
"""Why a better certificate is asked for."""

AUTHENTICITY: Mapping[Authenticity, Bilingual] = {
    "genuine": both("진본", "genuine"),
    "altered": both("변조(발급된 뒤 내용이 바뀜)", "altered since it was issued"),
    "certificate_failed": both("인증서 검증 실패", "signed by a certificate that could not be verified"),
    "unverified": both("미검증(아직 진본인지 알 수 없어 담당자가 확인함)", "not verified (an official will check)"),
}
