"""Signatures refused: 401, and `part` names the part of the signature that failed."""

from services.intake.problems.words import SIGN_AGAIN_EN, SIGN_AGAIN_KO, Row, Words

_HOW_TO_SIGN_KO = "응답의 Accept-Signature 헤더에 적힌 항목을 모두 포함하여 RFC 9421로 서명해 주세요."
_HOW_TO_SIGN_EN = "Sign by RFC 9421, covering every component that the response's Accept-Signature header names."

SIGNING: tuple[Row, ...] = (
    Row(
        "signature-missing",
        401,
        Words("서명이 없습니다", "요청에 tag가 gubi인 서명이 없습니다.", _HOW_TO_SIGN_KO),
        Words("Signature missing", "The request carries no signature tagged gubi.", _HOW_TO_SIGN_EN),
    ),
    Row(
        "signature-malformed",
        401,
        Words(
            "서명 형식이 잘못되었습니다", "part에 적힌 부분을 읽을 수 없거나, 빠졌거나, 여러 개입니다.", _HOW_TO_SIGN_KO
        ),
        Words(
            "Signature malformed",
            "The part named is unreadable, absent, or given more than once.",
            _HOW_TO_SIGN_EN,
        ),
    ),
    Row(
        "signature-key-unknown",
        401,
        Words(
            "등록되지 않은 키입니다",
            "keyid가 등록된 지갑 앱의 키가 아닙니다.",
            "운영 기관에 공개키를 등록하거나 keyid를 확인해 주세요.",
        ),
        Words(
            "Key unknown",
            "The keyid is not a registered wallet app's.",
            "Register the public key with the operator, or check the keyid.",
        ),
    ),
    Row(
        "signature-algorithm-mismatch",
        401,
        Words(
            "서명 알고리즘이 다릅니다",
            "alg가 등록된 키의 알고리즘과 다릅니다.",
            "키를 등록할 때 정한 알고리즘으로 서명해 주세요.",
        ),
        Words(
            "Algorithm mismatch",
            "alg is not the algorithm this key is registered for.",
            "Sign by the algorithm the key is registered for.",
        ),
    ),
    Row(
        "signature-component-missing",
        401,
        Words("서명에 빠진 항목이 있습니다", "part에 적힌 항목이 서명 대상에 들어 있지 않습니다.", _HOW_TO_SIGN_KO),
        Words(
            "Component not signed",
            "The component named in part is not covered by the signature.",
            _HOW_TO_SIGN_EN,
        ),
    ),
    Row(
        "signature-expired",
        401,
        Words("서명이 만료되었습니다", "created가 300초보다 오래되었거나 expires가 지났습니다.", SIGN_AGAIN_KO),
        Words("Signature expired", "created is more than 300 seconds ago, or expires has passed.", SIGN_AGAIN_EN),
    ),
    Row(
        "signature-not-yet-valid",
        401,
        Words(
            "서명 시각이 미래입니다",
            "created가 300초보다 더 앞선 미래입니다.",
            "기기의 시계를 맞춘 뒤 다시 서명해 주세요.",
        ),
        Words(
            "Signature not yet valid",
            "created lies more than 300 seconds ahead.",
            "Set the clock right and sign again.",
        ),
    ),
    Row(
        "signature-invalid",
        401,
        Words(
            "서명이 맞지 않습니다",
            "서명한 내용과 받은 요청이 다르거나 다른 키로 서명하였습니다.",
            "실제로 보내는 메서드·주소·헤더에 서명했는지 확인해 주세요.",
        ),
        Words(
            "Signature invalid",
            "What was signed is not what arrived, or another key signed.",
            "Check that method, address and headers are signed as they are sent.",
        ),
    ),
    Row(
        "signature-digest-mismatch",
        401,
        Words(
            "본문이 서명과 다릅니다",
            "본문이 서명된 Content-Digest와 맞지 않습니다.",
            "보내는 본문 그대로의 sha-256을 Content-Digest에 넣어 다시 서명해 주세요.",
        ),
        Words(
            "Body differs",
            "The body does not match the signed Content-Digest.",
            "Put the sha-256 of the body as sent into Content-Digest and sign again.",
        ),
    ),
    Row(
        "signature-replayed",
        401,
        Words("이미 쓰인 서명입니다", "같은 nonce로 서명한 요청을 이미 받았습니다.", SIGN_AGAIN_KO),
        Words("Signature replayed", "A request signed with this nonce has been received before.", SIGN_AGAIN_EN),
    ),
)
