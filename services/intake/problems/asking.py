"""Requests refused for their form, before anything in them is looked at, and failures on our side."""

from services.intake.problems.words import FORM_EN, FORM_KO, SIGN_AGAIN_EN, SIGN_AGAIN_KO, Row, Words

ASKING: tuple[Row, ...] = (
    # The request as such.
    Row(
        "not-found",
        404,
        Words("없는 주소입니다", "이 주소에는 아무것도 없습니다.", "API 문서(/openapi.json)에서 주소를 확인해 주세요."),
        Words(
            "Not found",
            "There is nothing at this address.",
            "Check the address in the API description (/openapi.json).",
        ),
    ),
    Row(
        "method-not-allowed",
        405,
        Words(
            "허용되지 않는 메서드입니다", "이 주소는 다른 HTTP 메서드를 씁니다.", "응답의 Allow 헤더를 확인해 주세요."
        ),
        Words(
            "Method not allowed",
            "This address takes another HTTP method.",
            "Look at the response's Allow header.",
        ),
    ),
    Row(
        "query-invalid",
        422,
        Words("질의가 잘못되었습니다", "질의 매개변수가 정해진 형식이 아닙니다.", FORM_KO),
        Words("Query invalid", "A query parameter does not have the form it must have.", FORM_EN),
    ),
    Row(
        "content-type-unsupported",
        415,
        Words(
            "받을 수 없는 본문 형식입니다",
            "이 주소는 {expected} 본문만 받습니다.",
            "Content-Type을 고쳐 다시 보내 주세요.",
        ),
        Words(
            "Content type unsupported",
            "This address takes only {expected}.",
            "Correct the Content-Type and send it again.",
        ),
    ),
    Row(
        "body-too-big",
        413,
        Words(
            "본문이 너무 큽니다",
            "한 번에 {limit}바이트까지 받습니다.",
            "증명서를 줄이거나 용량이 작은 PDF로 보내 주세요.",
        ),
        Words(
            "Body too big",
            "At most {limit} bytes are taken at once.",
            "Send fewer certificates, or smaller PDFs.",
        ),
    ),
    Row(
        "body-incomplete",
        400,
        Words("본문이 끊겼습니다", "본문이 끝나기 전에 연결이 끊어졌습니다.", SIGN_AGAIN_KO),
        Words("Body incomplete", "The connection ended before the body did.", SIGN_AGAIN_EN),
    ),
    Row(
        "body-too-slow",
        408,
        Words(
            "본문이 너무 느립니다",
            "본문은 처음 10초 뒤로 평균 초당 {rate}바이트보다 빨라야 합니다.",
            "더 나은 연결에서 새로 서명하여 같은 Idempotency-Key로 다시 보내 주세요.",
        ),
        Words(
            "Body too slow",
            "After the first 10 seconds a body must come in at {rate} bytes per second or more, on the whole.",
            "Sign it anew and send it over a better connection under the same Idempotency-Key.",
        ),
    ),
    Row(
        "multipart-malformed",
        400,
        Words("multipart 형식이 잘못되었습니다", "part에 적힌 부분에서 본문을 나눌 수 없습니다.", FORM_KO),
        Words("Multipart malformed", "The body cannot be split, for the reason named in part.", FORM_EN),
    ),
    Row(
        "json-malformed",
        400,
        Words("JSON을 읽을 수 없습니다", "part에 적힌 부분이 올바른 UTF-8 JSON이 아닙니다.", FORM_KO),
        Words("JSON malformed", "The part named is not JSON in UTF-8.", FORM_EN),
    ),
    Row(
        "json-invalid",
        422,
        Words("내용이 형식에 맞지 않습니다", "errors에 적힌 항목이 빠졌거나 형식이 다릅니다.", FORM_KO),
        Words("JSON invalid", "The members named in errors are absent or have another form.", FORM_EN),
    ),
    Row(
        "idempotency-key-missing",
        400,
        Words(
            "Idempotency-Key가 없습니다",
            "제출에는 Idempotency-Key 헤더가 필요합니다.",
            "제출마다 새 UUID를 만들고, 다시 보낼 때는 같은 값을 써 주세요.",
        ),
        Words(
            "Idempotency-Key missing",
            "A submission needs an Idempotency-Key header.",
            "Make a new UUID per submission; keep it when sending again.",
        ),
    ),
    Row(
        "idempotency-key-invalid",
        400,
        Words(
            "Idempotency-Key 형식이 잘못되었습니다",
            "공백 없는 ASCII 8자 이상 {limit}자 이하여야 합니다.",
            "UUID를 쓰는 것이 좋습니다.",
        ),
        Words(
            "Idempotency-Key invalid",
            "It must be 8 to {limit} ASCII characters without spaces.",
            "A UUID does well.",
        ),
    ),
    Row(
        "idempotency-key-reused",
        422,
        Words(
            "다른 내용에 같은 키를 썼습니다",
            "이 Idempotency-Key로는 다른 내용이 이미 접수되었습니다.",
            "새 제출이면 새 키로 보내 주세요.",
        ),
        Words(
            "Idempotency-Key reused",
            "Other content was received under this Idempotency-Key.",
            "If this is a new submission, send it under a new key.",
        ),
    ),
    Row(
        "holder-missing",
        400,
        Words(
            "지갑 주소가 없습니다",
            "Gubi-Holder 헤더에 소유자의 전자문서지갑 주소가 필요합니다.",
            "헤더를 넣고 서명 대상에 포함해 주세요.",
        ),
        Words(
            "Holder missing",
            "The Gubi-Holder header must carry the holder's wallet address.",
            "Add the header and cover it by the signature.",
        ),
    ),
    # Our side.
    Row(
        "unavailable",
        503,
        Words(
            "잠시 이용할 수 없습니다",
            "접수에 필요한 시스템이 응답하지 않습니다.",
            "Retry-After 초 뒤에 다시 서명하여 같은 Idempotency-Key로 보내 주세요. "
            "급하면 alternatives의 기관에 방문·우편·팩스로 제출할 수 있습니다.",
        ),
        Words(
            "Unavailable for the moment",
            "A system the door needs does not answer.",
            "After Retry-After seconds sign anew and send it under the same Idempotency-Key. "
            "If it cannot wait, it can be handed in by visit, post or fax at the offices in alternatives.",
        ),
    ),
    Row(
        "door-busy",
        503,
        Words(
            "접수가 몰리고 있습니다",
            "지금 받고 있는 본문이 너무 많습니다.",
            "Retry-After 초 뒤에 다시 서명하여 같은 Idempotency-Key로 보내 주세요.",
        ),
        Words(
            "The door is busy",
            "Too many bodies are coming in at this moment.",
            "After Retry-After seconds sign anew and send it under the same Idempotency-Key.",
        ),
    ),
    Row(
        "internal",
        500,
        Words(
            "처리하지 못했습니다",
            "우리 쪽에서 예상하지 못한 일이 생겼습니다.",
            "같은 Idempotency-Key로 다시 보내 주세요. 계속되면 운영 기관에 알려 주세요.",
        ),
        Words(
            "Something went wrong",
            "Something unexpected happened on our side.",
            "Send it again under the same Idempotency-Key; if it goes on, tell the operator.",
        ),
    ),
)
