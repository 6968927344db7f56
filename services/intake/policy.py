"""What a programme promises its applicants about what they send: published, before anything is sent. Pure."""

from pydantic import BaseModel, ConfigDict, Field

from shared.catalog import Bilingual, Programme


class PolicyAnswer(BaseModel):
    """A programme's policy, in Korean and English, and the numbers in it for programs."""

    model_config = ConfigDict(frozen=True)

    programme: str
    take_back: Bilingual
    """회수: until when, and what it does."""
    viewed: Bilingual
    """What counts as viewed, and what does not."""
    withdrawal: Bilingual
    """취하: until when, and what becomes of the certificates (민원처리법 22조②, 시행령 25조③)."""
    retention: Bilingual
    """How long what was sent is kept, and what happens then."""
    record: Bilingual
    """What the holder is given to show that it was destroyed, and what is left."""
    retention_days: int = Field(examples=[365])
    return_days: int = Field(examples=[7])
    access_log_days: int = Field(examples=[730])
    """For how many days the log of who had looked is kept, at least."""


_VIEWED = Bilingual(
    ko="담당 공무원이 목적을 밝히고 제출 내용을 연 때 열람한 것으로 봅니다. 프로그램이 값을 읽고 선별하는 것, "
    "목록에 접수번호와 처리 결과가 보이는 것은 열람이 아닙니다. 사람에 관한 것이 아닌 질문(예: 사업장이 "
    "서울에 있는지)의 글은 사업장 이름을 담아 암호화해 따로 두며, 그 사업장이 적힌 제출이 하나도 남지 않으면 "
    "글을 지웁니다.",
    en="It counts as viewed when an official opens it for a stated purpose. Reading and screening by machine is "
    "not viewing, and neither is a list of receipt numbers and outcomes. A question that is about no person "
    "(as, whether a workplace is in Seoul) names the workplace; it is kept apart, encrypted, and the name is "
    "destroyed once no submission that bears it is left.",
)


def policy_of(programme: Programme, return_days: int, access_log_days: int) -> PolicyAnswer:
    """Give a programme's policy where withdrawn certificates can be fetched back for `return_days`.

    The access log is kept for `access_log_days` at least: whole strands of it go at a time (shared/audit).
    """
    return PolicyAnswer(
        programme=programme.id,
        take_back=programme.take_back_policy,
        viewed=_VIEWED,
        withdrawal=_withdrawal(return_days),
        retention=_retention(programme.retention_days),
        record=_record(access_log_days),
        retention_days=programme.retention_days,
        return_days=return_days,
        access_log_days=access_log_days,
    )


def _withdrawal(days: int) -> Bilingual:
    ko, en = "", ""
    if days:
        ko = (
            f" 반환을 요청하면(documents=return) 전자 사본을 {days}일 동안 신청인의 지갑 앱으로만 내려받을 수 "
            "있고, 담당 공무원과 프로그램은 그때부터 열 수 없습니다. 받았다고 알리거나 기간이 지나면 "
            "파기합니다. 지갑에 있는 원본은 그대로입니다."
        )
        en = (
            f" Asked to return them (documents=return), the electronic copies can be fetched for {days} days "
            "by the holder's wallet app alone; from then on neither an official nor a program can open them. "
            "They are destroyed once you say you have them, or when that time is over. The originals in "
            "your wallet are not touched by any of this."
        )
    return Bilingual(
        ko="열람된 뒤에도 처리가 끝나기 전까지 신청을 취하할 수 있습니다. 보낸 증명서와 읽어 낸 값은 바로 "
        f"파기합니다.{ko}",
        en="Also after it was viewed you can withdraw the application until the case is closed. What you sent "
        f"and what was read from it is destroyed at once.{en}",
    )


def _retention(days: int) -> Bilingual:
    return Bilingual(
        ko=f"접수한 날부터 {days}일이 지나면, 결정되지 않은 신청도 증명서와 읽어 낸 값을 파기합니다. 확정한 결정을 "
        "아직 취소할 수 있는 동안에는 기다립니다.",
        en=f"{days} days after it was received, the certificates and what was read from them are destroyed, also where "
        "nothing was decided; only while a decision can still be undone that is waited for.",
    )


def _record(days: int) -> Bilingual:
    return Bilingual(
        ko="파기하면 무엇을(종류와 증명서 수), 언제, 어떤 요청으로 파기했고 어느 날부터 백업에서도 열 수 없는지를 적어 "
        "서명한 파기 확인서를 내려받을 수 있습니다. 운영자가 백업 보존 기간을 정하지 않았으면 그 날짜는 비어 "
        f"있습니다. 접수번호, 시각과 처리 상태는 남고, 누가 열람했는지의 기록은 적어도 {days}일 동안 남습니다.",
        en="Once it is destroyed you can fetch a signed record: what (kinds, and how many certificates), when, by "
        "which request, and the date after which no backup can open it either, which is empty where the operator has "
        "set no such time. The receipt number, instants and the state are kept, and the log of who had looked for "
        f"at least {days} days.",
    )
