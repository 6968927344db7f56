"""A paper with everything in it that a producer must be able to set, and every producer there is."""

import shutil

import pytest

from services.wallet_simulator.samples.paper import Choice, Column, Look, Pair, Pairs, Paper, Sentence, Table
from services.wallet_simulator.samples.producers import PRODUCERS

_HAS_CHROMIUM = any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
needs_chromium = pytest.mark.skipif(not _HAS_CHROMIUM, reason="no Chromium here: on Debian, apt-get install chromium")
EACH_PRODUCER = [pytest.param(name, marks=needs_chromium if name == "chromium" else ()) for name in PRODUCERS]
LOOKED_AT = [each for each in EACH_PRODUCER if each.values != ("fpdf",)]
"""All but the one that is held out: nobody looks at its pages while the reader is made."""

WIDE = "가나다라마바사아자차카타파하" * 2
"""A word wider than the cell it stands in."""


def a_paper(look: Look = Look(), rows: int = 14, annex: int = 0, *, numbered: bool = True) -> Paper:  # noqa: B008
    """Pairs of every sort, tables with and without groups, rows, totals and blank sentence, sentences of every align.

    `rows` is how many the longest table has; from about 20 on it goes over a page.
    """
    return Paper(
        title="건강·장기요양보험료 납부확인서",
        number=Pair("발급번호", "2022-1234-5678-9012"),
        blocks=(
            Pairs(
                (
                    Pair("성명", "김가상"),
                    Pair("주민등록번호", "900101-1******"),
                    Pair(
                        "주소", "서울특별시 강남구 가상로 123, 가상아파트 101동 1203호 (가상동, 한빛가상마을) 별관 이층"
                    ),
                    Pair("사업장명", "주식회사 한빛가상"),
                    Pair("사업장관리번호", "900-12-34567-8"),
                    Pair("", "라벨이 없는 값"),
                    Choice(
                        "급여종류", (("생계급여", True), ("의료급여", False), ("주거급여", True), ("교육급여", False))
                    ),
                    Pair("관계 <&>", "첫째 줄\n둘째 줄"),
                )
            ),
            Pairs((Pair("용도", "제출용"), Pair("제출처", ""), Pair("비고", "없음")), heading="제출 사항"),
            _payments(rows),
            Table(
                (
                    Column("번호", 0.4),
                    Column("세대주 관계", 0.8),
                    Column("성명(한자)\n주민등록번호", 1.2),
                    Column("사업장 명칭", 1.6, align="left"),
                    Column("비고", 0.6),
                ),
                (
                    ("1", "본인", "김가상\n900101-1******", "컴퓨터 시스템 전문가(133), 동료(서울·경기)", "근로자"),
                    ("2", "배우자", "이나래\n910202-2******", WIDE, ""),
                ),
                heading="세대원",
            ),
            Table(
                (Column("귀속연도", 0.6), Column("소득구분"), Column("수입금액", align="right")),
                (),
                heading="종합소득세 신고 현황",
                blank="해당 사항 없음",
            ),
            Table((Column("변경 내용", 2, align="left"), Column("변동일"), Column("사유")), ()),
            Sentence("= 이하 여백 ="),
            Sentence("위와 같이 보험료를 납부하였음을 확인합니다.", "right"),
            Sentence(
                "이 증명서는 신청한 용도로만 쓸 수 있으며, " * 4 + "내용이 사실과 다르면 효력을 잃습니다.", "left"
            ),
        ),
        issued_on=Pair("발급일", "2022년 12월 12일"),
        issuer="국민건강보험공단",
        signatory=Pair("이사장", "박가상"),
        look=look,
        numbered=numbered,
        annex=annex,
        notes=("수수료 : 무료", "발급번호로 진위를 확인할 수 있습니다 (발급한 날부터 90일까지)."),
    )


def _payments(rows: int) -> Table:
    due, paid = "고지보험료", "납부보험료"
    return Table(
        (
            Column("납부연월"),
            Column("건강", 1.2, due, "right"),
            Column("장기요양", 1.2, due, "right"),
            Column("건강", 1.2, paid, "right"),
            Column("장기요양", 1.2, paid, "right"),
            Column("계", 1.2, align="right"),
            Column("납부일\n(영수일)", 1.1),
        ),
        tuple(_payment(row) for row in range(rows)),
        heading="보험료 납부 내역",
        above=f"조회기간 총 {rows}개 이력 중",
        foot=("합계", "", "1,234,567", "2,345,678", "3,456,789", "14,567,890", ""),
    )


def _payment(row: int) -> tuple[str, ...]:
    month, sums = 1 + row % 12, (100_000 + row, 12_000 + row, 200_000 + row, 24_000 + row, 336_000 + 4 * row)
    return (f"2022.{month:02d}", *(f"{won:,}" for won in sums), f"2022-{month:02d}-10")
