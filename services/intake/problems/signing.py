"""Signatures refused: 401, and `part` names the part of the signature that failed."""

from services.intake.problems.words import SIGN_AGAIN_EN, SIGN_AGAIN_KO, Row, Words

_HOW_TO_SIGN_KO = "응답의 Accept-Signature 헤더에 적힌 항목을 모두 포함하여 RFC 9421로 서명해 주세요."
_HOW_TO_SIGN_EN = "Sign by RFC 9421, covering every component that the response's Accept-Signature header names."

SIGNING: tuple[Row, ...] = (
    Row(
        "signature-missing",
        401,
        Words("서명이 없습니다", "요청에 tag가 {tag}인 서명이 없습니다.", _HOW_TO_SIGN_KO),
        Words("Signature missing", "The request carries no signature tagged {tag}.", _HOW_TO_SIGN_EN),
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
        "signature-key-retired",
        401,
        Words(
            "폐기된 키입니다",
            "keyid의 키는 더는 유효하지 않습니다.",
            "유효한 다른 키로 서명해 주세요. 남은 키가 없으면 운영 기관에 새 공개키를 등록해 주세요.",
        ),
        Words(
            "Key retired",
            "The key of this keyid is no longer in force.",
            "Sign by another key in force; if none is left, register a new public key with the operator.",
        ),
    ),
    Row(
        "signature-key-not-yet",
        401,
        Words(
            "아직 유효하지 않은 키입니다",
            "keyid의 키는 등록되었지만 유효 기간이 시작되지 않았습니다.",
            "그때까지는 지금 유효한 키로 서명해 주세요.",
        ),
        Words(
            "Key not in force yet",
            "The key of this keyid is registered, and its time has not come yet.",
            "Until then sign by a key that is in force.",
        ),
    ),
    Row(
        "signature-length",
        401,
        Words(
            "서명 길이가 다릅니다",
            "서명은 64바이트여야 하는데 {bytes}바이트입니다.",
            "ECDSA 서명은 DER이 아니라 r과 s를 32바이트씩 이어 붙인 것입니다(RFC 9421 3.3.4).",
        ),
        Words(
            "Wrong length of signature",
            "A signature has 64 bytes, and this one has {bytes}.",
            "An ECDSA signature is r and s side by side, 32 bytes each, and not DER (RFC 9421 section 3.3.4).",
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
        "signature-component-absent",
        401,
        Words(
            "서명한 헤더가 없습니다",
            "서명 대상에 있는 part의 헤더가 요청에 없습니다.",
            "헤더를 함께 보내거나 서명 대상에서 빼 주세요. 중간 프록시가 지우지 않는지 확인해 주세요.",
        ),
        Words(
            "Signed header absent",
            "The header named in part is covered by the signature and is not in the request.",
            "Send it, or do not cover it; see whether a proxy on the way removes it.",
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
        "signature-address",
        401,
        Words(
            "다른 주소에 서명하였습니다",
            "서명은 맞지만 접속한 주소에 한 것이고, 이 창구의 공개 주소는 {origin}입니다.",
            "@authority와 @target-uri를 {origin} 기준으로 서명해 주세요.",
        ),
        Words(
            "Another address was signed",
            "The signature fits the address you connected to; this door's public address is {origin}.",
            "Sign @authority and @target-uri as of {origin}.",
        ),
    ),
    Row(
        "signature-invalid",
        401,
        Words(
            "서명이 맞지 않습니다",
            "서명한 내용과 받은 요청이 다르거나 키가 다릅니다. 창구가 계산한 서명 대상은 signature_base에 있습니다.",
            "서명한 문자열을 signature_base와 한 줄씩 비교해 주세요. 같다면 키가 다른 것입니다.",
        ),
        Words(
            "Signature invalid",
            "What was signed is not what arrived, or another key signed. What the door computed is in signature_base.",
            "Compare what you signed with signature_base line by line. If they are the same, it is the key.",
        ),
    ),
    Row(
        "signature-digest-mismatch",
        401,
        Words(
            "본문이 서명과 다릅니다",
            "본문이 서명된 Content-Digest와 맞지 않습니다. 받은 본문의 값은 computed에 있습니다.",
            "보내는 본문 그대로의 sha-256을 Content-Digest에 넣어 다시 서명해 주세요.",
        ),
        Words(
            "Body differs",
            "The body does not match the signed Content-Digest; that of the body which arrived is in computed.",
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
