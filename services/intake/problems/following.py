"""Refused about a submission that was sent before: it is not there for whoever asks, or is taken back too late."""

from services.intake.problems.words import Row, Words

FOLLOWING: tuple[Row, ...] = (
    Row(
        "submission-not-found",
        404,
        Words(
            "제출을 찾을 수 없습니다",
            "이 번호의 제출이 없거나 다른 사람의 제출입니다.",
            "접수증의 번호와 지갑 주소를 확인해 주세요.",
        ),
        Words(
            "Submission not found",
            "There is no such submission, or it is another holder's.",
            "Check the receipt's id and the wallet address.",
        ),
    ),
    Row(
        "supplement-not-asked",
        409,
        Words(
            "보완을 요청받은 제출이 아닙니다",
            "담당 기관이 지금 보완을 요청하고 있지 않거나, 요청한 것을 이미 받았습니다.",
            "처리 이력을 확인하고, 더 낼 것이 있으면 담당 기관에 문의해 주세요.",
        ),
        Words(
            "No better certificate is asked for",
            "The office is asking for nothing now, or has what it asked for.",
            "Look at the timeline; ask the office if there is more to hand in.",
        ),
    ),
    Row(
        "supplement-decided",
        409,
        Words(
            "이미 결정되어 보완할 수 없습니다",
            "담당 기관이 이미 결정하였습니다.",
            "결정에 대한 문의는 담당 기관에 해 주세요.",
        ),
        Words("Already decided", "The office has decided.", "Please ask the office about the decision."),
    ),
    Row(
        "supplement-ended",
        409,
        Words(
            "회수하거나 취하했거나 보존 기간이 끝난 제출입니다",
            "이 제출은 끝나서 더 받을 수 없습니다.",
            "필요하면 새로 제출해 주세요.",
        ),
        Words(
            "This submission has ended",
            "It was taken back, withdrawn or kept long enough; nothing more is taken.",
            "Submit anew if you need to.",
        ),
    ),
    Row(
        "take-back-viewed",
        409,
        Words(
            "이미 열람되어 회수할 수 없습니다",
            "{office_ko}에서 {seen_at}에 열람하였습니다.",
            "처리가 끝나기 전이면 본인의 어느 지갑 앱으로든 신청을 취하할 수 있습니다.",
        ),
        Words(
            "Already viewed, cannot be taken back",
            "{office_en} viewed it at {seen_at}.",
            "Until the case is closed you can withdraw the application with any of your wallet apps.",
        ),
    ),
    Row(
        "take-back-decided",
        409,
        Words(
            "이미 결정되어 회수할 수 없습니다",
            "{office_ko}에서 {seen_at}에 결정하였습니다.",
            "결정에 대한 문의는 담당 기관에 해 주세요.",
        ),
        Words(
            "Already decided, cannot be taken back",
            "{office_en} decided at {seen_at}.",
            "Please ask the office about the decision.",
        ),
    ),
    Row(
        "take-back-withdrawn",
        409,
        Words("이미 취하된 제출입니다", "신청이 이미 취하되어 회수할 것이 없습니다.", "제출 상태를 확인해 주세요."),
        Words(
            "Already withdrawn",
            "The application was withdrawn already; nothing is left to take back.",
            "Look at the submission's status.",
        ),
    ),
    Row(
        "take-back-expired",
        409,
        Words("보존 기간이 끝난 제출입니다", "보존 기간이 지나 이미 파기되었습니다.", "더 하실 일이 없습니다."),
        Words(
            "Retention has ended", "It was destroyed when its retention period ended.", "There is nothing left to do."
        ),
    ),
    Row(
        "withdraw-closed",
        409,
        Words(
            "이미 처리가 끝나 취하할 수 없습니다",
            "{office_ko}의 결정이 {seen_at}에 내려졌고 처리가 끝났습니다.",
            "결정에 대한 문의나 이의신청은 담당 기관에 해 주세요.",
        ),
        Words(
            "The case is closed and cannot be withdrawn",
            "{office_en} decided at {seen_at}, and the case is closed.",
            "Please ask the office about the decision, or appeal.",
        ),
    ),
    Row(
        "withdraw-taken-back",
        409,
        Words("이미 회수된 제출입니다", "제출이 이미 회수되어 취하할 것이 없습니다.", "제출 상태를 확인해 주세요."),
        Words(
            "Already taken back",
            "The submission was taken back already; nothing is left to withdraw.",
            "Look at the submission's status.",
        ),
    ),
    Row(
        "streams-full",
        503,
        Words(
            "지금은 더 이어 볼 수 없습니다",
            "동시에 열어 둔 진행 알림이 한도에 이르렀습니다.",
            "Retry-After 초 뒤에 다시 연결하거나, 진행 이력을 JSON으로 조회해 주세요.",
        ),
        Words(
            "Too many streams are open",
            "As many timelines are being followed as there may be at once.",
            "Connect again after Retry-After seconds, or ask for the timeline as JSON.",
        ),
    ),
    Row(
        "not-destroyed",
        409,
        Words(
            "아직 파기되지 않았습니다",
            "회수하거나 취하하지 않았고 보존 기간도 남았거나, 방금 요청하여 파기하는 중입니다.",
            "제출 상태를 확인하고, 회수나 취하를 요청했다면 잠시 뒤 다시 시도해 주세요.",
        ),
        Words(
            "Not destroyed",
            "It was neither taken back nor withdrawn and its retention has not ended, or it is being destroyed now.",
            "Look at the submission's status; if you have asked for it, try again in a moment.",
        ),
    ),
    Row(
        "nothing-to-give-back",
        409,
        Words(
            "돌려줄 증명서가 없습니다",
            "반환을 요청하며 취하한 신청이 아니거나, 내려받을 수 있는 기간이 지났습니다.",
            "지갑에 있는 원본은 그대로입니다. 제출 상태를 확인해 주세요.",
        ),
        Words(
            "Nothing to give back",
            "It was not withdrawn with its certificates to be returned, or the time to fetch them is over.",
            "The originals in the wallet are not touched. Look at the submission's status.",
        ),
    ),
)
