"""The data that came with a certificate, beside it or inside: what is understood of it, and what it is about. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from services.extraction.data.metadata import account_of, kind_of, schema_of
from services.extraction.data.trees import Malformed, Node, Tree, handed_in, texts
from services.extraction.sources import Account
from shared.catalog.metadata import MetadataSchema
from shared.catalog.templates import CertificateKind
from shared.facts import Claim, Finding, Source


class Document(NamedTuple):
    """One document of data, its schema, and the kind of certificate that it says it is about."""

    source: Source
    schema: MetadataSchema
    kind: str
    node: Node


class Data(NamedTuple):
    """All that came: the documents in the order in which they are believed, and every text in them and in the rest."""

    documents: tuple[Document, ...] = ()
    malformed: bool = False
    """Whether some of it cannot be understood, or is of no schema or no kind that is known."""
    text: str = ""

    @property
    def kind(self) -> str | None:
        """The kind of certificate that it is about, if it is about one."""
        kinds = {document.kind for document in self.documents}
        return kinds.pop() if len(kinds) == 1 else None

    def accounts(self, kind: CertificateKind) -> list[Account]:
        """Return what the documents say of a certificate of `kind`; those about another kind say nothing of it."""
        return [
            account_of(document.node, document.schema, kind, document.source)
            for document in self.documents
            if document.kind == kind.id
        ]

    def findings(self, kind: CertificateKind, *, printed: bool) -> tuple[Finding, ...]:
        """Return what an official should know of data that is not used; `printed`: the title, too, says `kind`."""
        claims = tuple(Claim(source=one.source, value=one.kind) for one in self.documents if one.kind != kind.id)
        if claims and printed:
            claims += (Claim(source="text", value=kind.id, page=1),)
        others = (Finding(code="sources_disagree", names=("kind",), claims=claims),) if claims else ()
        return (*others, Finding(code="metadata_unreadable")) if self.malformed else others


NO_DATA = Data()


def understood(
    metadata: bytes | None,
    embedded: Sequence[Tree],
    malformed: bool = False,
    *,
    schemas: Sequence[MetadataSchema],
    kinds: Mapping[str, CertificateKind],
) -> Data:
    """Return what was handed in beside the certificate, and the documents inside it, as far as they are understood.

    `malformed`: whether some of those inside it are not whole.
    """
    trees: list[tuple[Source, Tree]] = [("embedded", tree) for tree in embedded]
    said: list[str] = []
    if metadata is not None:
        try:
            trees.insert(0, ("metadata", handed_in(metadata)))
        except Malformed:
            malformed = True
            said.append(metadata.decode("utf-8", "replace"))
    documents: list[Document] = []
    for source, tree in trees:
        said += texts(tree.node)
        schema = schema_of(tree, schemas)
        kind = kind_of(tree.node, schema, kinds.values()) if schema else None
        if schema and kind:
            documents.append(Document(source, schema, kind, tree.node))
        else:
            malformed = True
    return Data(tuple(documents), malformed, "\n".join(said))
