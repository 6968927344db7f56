"""A schema of data is taken whole, or refused in one sentence; adding an issuer's is adding a file."""

import shutil
from pathlib import Path

import pytest

import shared.catalog
from shared.catalog import CatalogError, load
from shared.catalog.metadata import load_schemas
from shared.catalog.templates import load_certificates

PACKAGED = Path(shared.catalog.__file__).parent
KINDS = load_certificates(PACKAGED / "certificates")
SECOND = """
id: second
basis: 예시
in_xml: {root: issued}
kind: {title: title}
kinds:
  EMPLOY: {values: {holder_name: who/@name, position: {at: rank, codes: {"1": 과장}}}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(PACKAGED / "metadata", tmp_path / "metadata")
    return tmp_path / "metadata"


def test_the_only_packaged_schema_is_an_example_and_covers_every_kind():
    schemas = load().schemas
    assert {name: schema.basis for name, schema in schemas.items()} == {"example": "예시"}
    assert schemas["example"].kinds.keys() == KINDS.keys()


def test_the_example_has_a_place_for_every_value_that_is_read():
    schema = load().schemas["example"]
    for kind in KINDS.values():
        places = schema.kinds[kind.id]
        assert {*schema.common, *places.values, *places.tables} >= {*kind.value_names}
        for table in (table for table in kind.tables if not table.inline):
            parts = {part.name for column in table.columns for part in column.parts}
            assert places.tables[table.name].columns.keys() >= parts


def test_another_schema_is_another_file(folder):
    (folder / "second.yaml").write_text(SECOND)
    example, second = load_schemas(folder, KINDS)
    assert (example.id, second.id, second.marks) == ("example", "second", (b"<issued",))
    assert second.kinds["EMPLOY"].values["position"].codes == {"1": "과장"}


def test_no_folder_is_no_schema(tmp_path):
    assert load_schemas(tmp_path / "metadata", KINDS) == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: second", "id: third", "third is not how the file is named"),
        ("EMPLOY:", "EMPLOYED:", "EMPLOYED is not known"),
        ("holder_name:", "name:", "name is not known"),
        ("rank,", "rank, way: up,", "this field is not known"),
        ("rank,", "rank, type: text,", "says what type it is of"),
        ("position:", "rank:", "rank is not known"),
        ("in_xml: {root: issued}", "in_form: 전자증명서", "recognised by the same as example"),
        ("in_xml: {root: issued}", "", "nothing says how its documents are recognised"),
        ("{title: title}", "{}", "nothing says which kind of certificate"),
        ("{title: title}", '{code: a, codes: {"1": DISAB}}', "DISAB is not known"),
        (
            "{values: {holder_name: who/@name",
            "{tables: {members: {rows: a, columns: {b: c}}}, values: {holder_name: a",
            "members",
        ),
    ],
)
def test_a_schema_with_a_mistake_is_refused_in_one_sentence(folder, old, new, said):
    assert old in SECOND
    (folder / "second.yaml").write_text(SECOND.replace(old, new))
    with pytest.raises(CatalogError, match=said) as refused:
        load_schemas(folder, KINDS)
    assert str(refused.value).startswith("metadata/second.yaml")
    assert str(folder) not in str(refused.value)
