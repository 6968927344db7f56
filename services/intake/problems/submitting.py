"""Submissions refused for what they say."""

from services.intake.problems.words import FORM_EN, FORM_KO, Row, Words

_CHOOSE_KO = "이 사업이 받는 증명서 목록을 확인하고 알맞은 증명서를 골라 주세요."
_CHOOSE_EN = "Look at the certificates this programme accepts and choose one of them."
_REISSUE_KO = "전자증명서를 전자문서지갑에서 PDF로 다시 받아 보내 주세요."
_REISSUE_EN = "Get the certificate from the wallet as a PDF again and send that."

SUBMITTING: tuple[Row, ...] = (
    Row(
        "institution-not-found",
        404,
        Words(
            "없는 기관입니다", "이 번호의 기관을 찾을 수 없습니다.", "기관 목록(/v1/institutions)에서 다시 찾아 주세요."
        ),
        Words("Institution not found", "No institution has this id.", "Look it up again in /v1/institutions."),
    ),
    Row(
        "programme-not-found",
        404,
        Words(
            "없는 사업입니다", "이 번호의 사업을 찾을 수 없습니다.", "사업 목록(/v1/programmes)에서 다시 찾아 주세요."
        ),
        Words("Programme not found", "No programme has this id.", "Look it up again in /v1/programmes."),
    ),
    Row(
        "programme-unknown",
        422,
        Words(
            "없는 사업에 제출하였습니다",
            "programme에 적힌 사업을 찾을 수 없습니다.",
            "사업 목록(/v1/programmes)에서 다시 찾아 주세요.",
        ),
        Words(
            "Programme unknown",
            "No programme has the id given in programme.",
            "Look it up again in /v1/programmes.",
        ),
    ),
    Row(
        "programme-not-open",
        422,
        Words("아직 접수 기간이 아닙니다", "접수는 {opens_at}에 시작합니다.", "접수가 시작된 뒤에 제출해 주세요."),
        Words("Programme not open yet", "Submissions are taken from {opens_at}.", "Submit once it has opened."),
    ),
    Row(
        "programme-closed",
        422,
        Words("접수가 끝났습니다", "접수는 {closes_at}에 끝났습니다.", "문의는 사업 담당 기관에 해 주세요."),
        Words(
            "Programme closed",
            "Submissions were taken until {closes_at}.",
            "Please ask the institution that runs the programme.",
        ),
    ),
    Row(
        "programme-closed-early",
        422,
        Words(
            "접수가 일찍 끝났습니다",
            "담당 기관이 {closes_at}에 접수를 마감했습니다. 이유: {because_ko}",
            "문의는 사업 담당 기관에 해 주세요.",
        ),
        Words(
            "Programme closed early",
            "The institution ended the intake at {closes_at}. Why: {because_en}",
            "Please ask the institution that runs the programme.",
        ),
    ),
    Row(
        "office-not-receiving",
        422,
        Words(
            "이 사업을 받지 않는 부서입니다",
            "office에 적힌 부서는 이 사업의 제출을 받지 않습니다.",
            "offices에 적힌 부서 가운데 하나를 고르거나, office를 빼고 사업 담당 부서로 보내 주세요.",
        ),
        Words(
            "This office does not receive for the programme",
            "The office given in office takes no submissions of this programme.",
            "Choose one of those in offices, or leave office out and send to the responsible one.",
        ),
    ),
    Row(
        "wallet-unknown",
        403,
        Words(
            "등록되지 않은 지갑 앱입니다",
            "이 키의 지갑 앱이 목록에 없습니다.",
            "운영 기관에 지갑 앱 등록을 요청해 주세요.",
        ),
        Words(
            "Wallet app unknown",
            "The wallet app this key speaks for is not in the catalogue.",
            "Ask the operator to add the wallet app.",
        ),
    ),
    Row(
        "consent-missing",
        422,
        Words(
            "제3자 제공 동의가 없습니다",
            "개인정보 제3자 제공에 동의해야 제출할 수 있습니다.",
            "동의를 받은 뒤 다시 제출해 주세요.",
        ),
        Words(
            "Consent missing",
            "Third-party provision must be consented to before submitting.",
            "Obtain the consent and submit again.",
        ),
    ),
    Row(
        "certificates-too-many",
        422,
        Words("증명서가 너무 많습니다", "한 번에 {limit}건까지 제출할 수 있습니다.", "필요한 증명서만 골라 주세요."),
        Words(
            "Too many certificates",
            "At most {limit} certificates are taken at once.",
            "Choose the ones that are needed.",
        ),
    ),
    Row(
        "certificate-missing",
        422,
        Words("증명서 파일이 없습니다", "part에 적힌 이름의 파일이 본문에 없습니다.", FORM_KO),
        Words("Certificate missing", "No part of the body has the name given in part.", FORM_EN),
    ),
    Row(
        "certificate-unnamed",
        422,
        Words("적히지 않은 파일이 있습니다", "본문에 certificates에 적히지 않은 부분이 있습니다.", FORM_KO),
        Words("Certificate not listed", "The body has a part that certificates does not list.", FORM_EN),
    ),
    Row(
        "certificate-empty",
        422,
        Words("빈 파일입니다", "part에 적힌 증명서가 0바이트입니다.", _REISSUE_KO),
        Words("Certificate empty", "The certificate named in part has no bytes.", _REISSUE_EN),
    ),
    Row(
        "certificate-not-pdf",
        422,
        Words(
            "PDF가 아닙니다",
            "part에 적힌 증명서가 PDF로 시작하지 않거나 application/pdf로 보내지 않았습니다.",
            _REISSUE_KO,
        ),
        Words(
            "Not a PDF",
            "The certificate named in part does not begin as a PDF, or was not sent as application/pdf.",
            _REISSUE_EN,
        ),
    ),
    Row(
        "certificate-not-a-sample",
        422,
        Words(
            "연습 창구에는 견본만 보낼 수 있습니다",
            "이곳은 연습용 창구(sandbox)이고 part에 적힌 파일은 이 창구의 견본 증명서가 아닙니다. 저장하지 않았습니다.",
            "지갑 모의 앱이나 gubi samples make로 만든 견본을 보내 주세요. 실제 증명서는 보내지 마세요.",
        ),
        Words(
            "The sandbox takes samples only",
            "This door is a sandbox, and the file named in part is no sample of its issuer. It was not kept.",
            "Send a sample made by the wallet simulator or by gubi samples make, and never a real certificate.",
        ),
    ),
    Row(
        "certificate-too-big",
        413,
        Words("증명서가 너무 큽니다", "증명서 하나는 {limit}바이트까지입니다.", _REISSUE_KO),
        Words("Certificate too big", "One certificate may have {limit} bytes.", _REISSUE_EN),
    ),
    Row(
        "certificate-metadata-invalid",
        422,
        Words(
            "증명서 메타데이터가 잘못되었습니다",
            "part에 적힌 증명서의 metadata가 Base64가 아니거나, 비었거나, 풀었을 때 {limit}바이트보다 큽니다.",
            "지갑 API가 준 값(elcrtMetaInfo)을 고치지 말고 그대로 보내거나 metadata를 빼고 보내 주세요.",
        ),
        Words(
            "Certificate metadata invalid",
            "The metadata of the certificate named in part is not Base64, is empty, or has more than {limit} bytes.",
            "Send the value of the wallet API (elcrtMetaInfo) as it is, or leave metadata out.",
        ),
    ),
    Row(
        "certificate-kind-not-accepted",
        422,
        Words(
            "이 사업이 받지 않는 증명서입니다", "part에 적힌 증명서의 종류는 이 사업에 제출할 수 없습니다.", _CHOOSE_KO
        ),
        Words(
            "Kind not accepted",
            "The programme does not take certificates of the kind of the one named in part.",
            _CHOOSE_EN,
        ),
    ),
    Row(
        "certificate-kind-not-sent",
        422,
        Words(
            "이 앱이 보낼 수 없는 증명서입니다",
            "이 지갑 앱은 part에 적힌 증명서의 종류를 다루지 않습니다.",
            "그 증명서를 다루는 다른 지갑 앱으로 제출해 주세요.",
        ),
        Words(
            "Kind not sent by this app",
            "This wallet app does not handle the kind of the certificate named in part.",
            "Submit it with a wallet app that does.",
        ),
    ),
)
