"""What the certificates of a welfare office share: their numbers, and the members of a household."""

from services.wallet_simulator.samples.kinds.drafting import Scene
from services.wallet_simulator.samples.kinds.households import children
from services.wallet_simulator.samples.kinds.writing import Cells, Row, Writing, words

_MANY = 36
"""Members in the case `long_table`."""


def a_number(scene: Scene) -> str:
    """A number as such offices give one."""
    return f"{scene.issued_on.year}-{scene.rng.randrange(100_000):05d}"


def printed_number(scene: Scene, number: str) -> str:
    """That number with or without 제 … 호."""
    return scene.manner.picked((number, f"제 {number} 호", f"제{number}호"), f"제 {number} 호")


def members(sheet: Writing, scene: Scene, headings: tuple[str, ...]) -> None:
    """The members of the holder's household besides the holder, where the form has a table of them."""
    manner = scene.manner
    family = children(scene, 3)
    if scene.case == "long_table":
        family += [("동거인", scene.someone(1950, 2002)) for _ in range(_MANY)]
    rows: list[Row] = [
        {
            "name": who.name,
            "printed_name": scene.name(who),
            "birth_date": scene.birth_date(who),
            "identity": scene.identity(who),
            "relation": relation,
        }
        for relation, who in family
    ]
    if not (scene.case == "long_table" or manner.maybe(0.6, plainly=True)):
        return
    say = manner.word
    columns = [
        Cells(say("성명", "성명(한자)"), ("name",), words("printed_name"), 34),
        Cells(scene.identity_label(), ("birth_date",), words("identity"), 40),
        Cells(say("관계", "세대주와의 관계", "신청인과의 관계"), ("relation",), words("relation"), 30),
    ]
    if manner.maybe(0.3):
        columns = [columns[2], columns[0], columns[1]]
    if manner.maybe(0.3):
        columns.append(Cells("비고", (), lambda row: "", 20))
    blank = manner.picked(("", "해당 사항 없음"), "")
    sheet.table("members", columns, rows, heading=say(*headings), blank=blank)
