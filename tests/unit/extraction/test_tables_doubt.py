"""No value of a table is ever read in another's place: cells blank, shifted, astride, and every mix of settings."""

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.unit.extraction.grids import Setting, on_pages, table, tables_in
from tests.unit.extraction.slips import (
    MEMBERS,
    MONTHS,
    MONTHS_READ,
    PAYMENTS,
    PAYMENTS_HEADER,
    PAYMENTS_WIDTHS,
)

RULES = ["all", "level", "frame", "upright", "none"]
NAMES = list(MONTHS_READ[0])


def payments(rows, setting, *above, header=PAYMENTS_HEADER, widths=PAYMENTS_WIDTHS, aligns=()):
    sheet = table(setting, widths, header, rows, aligns)
    sheet.texts += above
    return tables_in(on_pages(sheet), PAYMENTS).get("payments")


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_a_blank_cell_never_takes_its_neighbours_value(rules, align):
    (full,) = MONTHS[:1]
    for keep in product([True, False], repeat=5):
        row = [full[0], *(cell if kept else "" for cell, kept in zip(full[1:], keep, strict=True))]
        found = payments([row, MONTHS[1]], Setting(rules=rules, align=align, header_align="center"))
        expected = {name: MONTHS_READ[0][name] if cell else None for name, cell in zip(NAMES, row, strict=True)}
        assert found is None or found == [expected, MONTHS_READ[1]], keep
        assert found or rules in ("level", "frame", "none"), keep


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("at", range(6))
@pytest.mark.parametrize("place", range(3))
def test_a_row_without_its_beginning_leaves_the_table_out(rules, at, place):
    for text in ("", "미정", "2022-13"):
        rows = [[text, *row[1:]] if number == place else row for number, row in enumerate(MONTHS)]
        widths = [PAYMENTS_WIDTHS[0], *PAYMENTS_WIDTHS[1:]]
        order = [*range(1, at + 1), 0, *range(at + 1, 6)]
        if {1, 2} <= set(order[:2]) or at == 0:  # the beginning never parts two cells under one
            found = payments(
                [[row[each] for each in order] for row in rows],
                Setting(rules=rules),
                header=[PAYMENTS_HEADER[each] for each in order],
                widths=[widths[each] for each in order],
            )
            assert found is None, text


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("align", ["left", "right"])
def test_a_value_astride_two_columns_leaves_the_table_out(rules, align):
    rows = [[*MONTHS[0][:1], "", "", *MONTHS[0][3:]], *MONTHS[1:]]
    astride = (40 + 70 + 40, 600 - 42 - 14, "12,123,456,789")
    assert payments(rows, Setting(rules=rules, align=align), astride) is None


@pytest.mark.parametrize("rules", RULES)
def test_a_value_between_the_rows_leaves_the_table_out(rules):
    between = (40 + 70 + 5, 600 - 42 - 14 - 10.5, "55,000")
    rows = [[*row[:1], "", *row[2:]] for row in MONTHS]
    assert payments(rows, Setting(rules=rules), between) is None


@pytest.mark.parametrize("rules", ["level", "frame", "none"])
def test_a_column_without_a_label_leaves_an_unruled_table_out(rules):
    header = [*PAYMENTS_HEADER[:5], "", PAYMENTS_HEADER[5]]
    rows = [[*row[:5], "12", row[5]] for row in MONTHS]
    widths = [*PAYMENTS_WIDTHS[:5], 40, 80]
    assert payments(rows, Setting(rules=rules), header=header, widths=widths) is None


@pytest.mark.parametrize("rules", ["level", "frame", "none"])
def test_a_short_value_far_from_its_label_is_never_the_next_columns(rules):
    header = ["년월", "고지보험료>건강", "고지보험료>장기요양", "납부일"]
    rows = [["2022-01", "0", "", ""]]
    found = payments(
        rows, Setting(rules=rules), header=header, widths=[70, 150, 52, 90], aligns=["left", "right", "right", "left"]
    )
    assert found is None


def test_two_rows_that_share_a_cell_leave_the_table_out():
    sheet = table(
        Setting(), [80, 90, 120], ["관계", "성명", "생년월일"], [["본인", "김가상\n이나라", "1990-01-01\n1991-02-02"]]
    )
    middle = 600 - 21 - 17
    sheet.strokes += [(120, middle, 330, middle)]
    assert tables_in(on_pages(sheet), MEMBERS) == {}


@pytest.mark.parametrize("gap", range(2, 60, 3))
@pytest.mark.parametrize("text", ["위와 같이 확인합니다.", "2022년 12월 12일", "가상구청장", "1 / 1", "= 이하 여백 ="])
@pytest.mark.parametrize("rules", ["all", "level", "none"])
def test_what_stands_below_a_table_is_never_in_it(rules, text, gap):
    sheet = table(Setting(rules=rules), PAYMENTS_WIDTHS, PAYMENTS_HEADER, MONTHS)
    sheet.texts.append((200, sheet.bottom - gap - 8, text))
    assert tables_in(on_pages(sheet), PAYMENTS).get("payments") in (None, MONTHS_READ)


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("text", ["다음 장에 계속", "납부 내역이 많습니다"])
def test_an_unknown_sentence_in_place_of_rows_is_no_blank_table(rules, text):
    sheet = table(Setting(rules=rules), PAYMENTS_WIDTHS, PAYMENTS_HEADER, [])
    sheet.texts.append((200, sheet.bottom - 14, text))
    left, right = 40, 40 + sum(PAYMENTS_WIDTHS)
    sheet.strokes += [(left, sheet.bottom - 21, right, sheet.bottom - 21)] if rules in ("all", "level") else []
    sheet.strokes += [(x, sheet.bottom, x, sheet.bottom - 21) for x in (left, right)] if rules == "all" else []
    assert tables_in(on_pages(sheet), PAYMENTS) == {}


AMOUNT = some.sampled_from(["", "0", "5", "120", "34,500", "1,234,500", "98,765,000"])
ROW = some.tuples(AMOUNT, AMOUNT, AMOUNT, AMOUNT, some.sampled_from(["", "2022-02-10", "2022-11-30"]))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=some.lists(ROW, min_size=1, max_size=6),
    rules=some.sampled_from(RULES),
    aligns=some.lists(some.sampled_from(["left", "center", "right"]), min_size=6, max_size=6),
    header_align=some.sampled_from(["left", "center", "right"]),
    padding=some.sampled_from([2.0, 3.0, 5.0, 8.0]),
    order=some.permutations([0, 1, 2, 3]),
)
def test_a_table_is_read_right_or_not_at_all(rows, rules, aligns, header_align, padding, order):
    blocks = [[0], [1, 2], [3, 4], [5]]
    at = [each for block in order for each in blocks[block]]
    full = [[f"2022-{number:02}", *row] for number, row in enumerate(rows, start=1)]
    found = payments(
        [[row[each] for each in at] for row in full],
        Setting(rules=rules, header_align=header_align, padding=padding),
        header=[PAYMENTS_HEADER[each] for each in at],
        widths=[PAYMENTS_WIDTHS[each] for each in at],
        aligns=aligns,
    )
    expected = [
        {
            name: cell or None if name in ("month", "paid_on") else int(cell.replace(",", "")) if cell else None
            for name, cell in zip(NAMES, row, strict=True)
        }
        for row in full
    ]
    assert found == expected if rules in ("all", "upright") else found in (None, expected)
