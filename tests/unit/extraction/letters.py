"""One letter, the data that it was made from, and what becomes of the one with the other."""

import base64
import io
import json
from datetime import date

import pypdf

from services.extraction.pdf import read
from services.wallet_simulator.samples import metadata
from shared.facts import Certificate
from tests.unit.extraction.papers import EMPLOY_TITLE, paper

LETTER = paper(
    [
        EMPLOY_TITLE,
        (40, 720, "문서번호 : 제 2022-001 호"),
        (40, 690, "성명 : 김가상(金佳想)"),
        (40, 670, "생년월일 : 1990년 1월 1일"),
        (40, 650, "회사명 : 주식회사 한빛가상"),
        (40, 630, "재직기간 : 2020년 3월 2일 ~ 현재"),
        (40, 610, "발급일 : 2022. 12. 12."),
    ]
)
SCAN = paper([], [(10, 10, 500, 500)])
SAYS = Certificate(
    part=0,
    kind="EMPLOY",
    number="2022-001",
    issued_on=date(2022, 12, 12),
    values={
        "holder_name": "김가상",
        "birth_date": "1990-01-01",
        "workplace": "주식회사 한빛가상",
        "hired_on": "2020-03-02",
        "employed_until": None,
    },
)
WHOLE_RRN = "900101-1234567"


def result(pdf, beside=None, kind="EMPLOY"):
    more = {} if beside is None else {"metadata": base64.b64encode(beside).decode()}
    found = read(pdf, {"kind": kind, "pages": 30, **more})
    assert json.loads(json.dumps(found)) == found
    return found


def certificate(pdf, beside=None, kind="EMPLOY"):
    return result(pdf, beside, kind)["certificate"]


def said(**changes):
    """The letter's data as a JSON tree with other texts in it, by the schema's names."""
    tree = json.loads(metadata.as_json(SAYS))
    for branch in (tree["공통메타데이터"], tree["전자증명서메타데이터"]):
        branch.update({name: text for name, text in changes.items() if name in branch})
    return json.dumps(tree, ensure_ascii=False).encode()


def findings(found):
    return [(finding["code"], *finding["names"]) for finding in found["findings"]]


def by_pypdf(pdf, change):
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(pdf)))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
