"""Whom a file's certificates lead to: explicit roots alone, nothing fetched, nothing kept of one file for the next."""

from collections.abc import Coroutine, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from asn1crypto import pem, x509
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.registry import CertificateRegistry, PathBuilder, SimpleTrustManager
from pyhanko_certvalidator.util import CancelableAsyncIterator

_MOST_CERTIFICATES = 4
"""Of those a file brings along: the paths between many can be very many."""
_Result = TypeVar("_Result")


def context(trust_roots: str, moment: datetime) -> ValidationContext:
    """Return what pyHanko validates by: certificates in PEM as roots, at `moment`."""
    # A new one each time: a context remembers certificates, and one document's must not help the next.
    roots = SimpleTrustManager.build(trust_roots=_certificates(trust_roots))
    made = ValidationContext(trust_manager=roots, moment=moment, allow_fetching=False)
    made.path_builder = _Paths(trust_roots, roots, made.certificate_registry)
    return made


def finish(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a coroutine that waits for nothing, as nothing is fetched; raises RuntimeError if it waits after all."""
    try:
        work.send(None)
    except StopIteration as end:
        result: _Result = end.value
        return result
    work.close()
    raise RuntimeError("the signature check wants to wait")


def held_at(path: ValidationPath, moment: datetime) -> bool:
    """Whether every certificate of `path` below its root was within its validity at `moment`."""
    return all(
        certificate.not_valid_before <= moment <= certificate.not_valid_after
        for certificate in path.iter_certs(include_root=False)
    )


class _Paths(PathBuilder):
    """Finds the ways from a certificate to the roots once for all the files that bear it.

    Only where to look is remembered, by the bytes of the certificates and of the roots. Each way is validated anew for
    every file, so that nothing a file brings along can make another's certificate hold.
    """

    def __init__(self, trust_roots: str, roots: SimpleTrustManager, registry: CertificateRegistry) -> None:
        super().__init__(roots, registry)
        self._trust_roots = trust_roots

    def async_build_paths_lazy(self, end_entity_cert: x509.Certificate) -> Any:
        others = tuple(sorted({certificate.dump() for certificate in self.registry}))
        brought = len(others) - len(_certificates(self._trust_roots))
        known = _ways(self._trust_roots, end_entity_cert.dump(), others) if brought <= _MOST_CERTIFICATES else ()
        return _Given(known) if known else super().async_build_paths_lazy(end_entity_cert)


class _Given(CancelableAsyncIterator[ValidationPath]):
    def __init__(self, paths: Iterable[ValidationPath]) -> None:
        self._paths = iter(paths)

    async def __anext__(self) -> ValidationPath:
        for path in self._paths:
            return path
        raise StopAsyncIteration

    async def cancel(self) -> None:
        """Nothing is under way."""


@lru_cache(maxsize=64)
def _ways(trust_roots: str, certificate: bytes, others: tuple[bytes, ...]) -> tuple[ValidationPath, ...]:
    roots = SimpleTrustManager.build(trust_roots=_certificates(trust_roots))
    registry = CertificateRegistry.build(x509.Certificate.load(other) for other in others)
    try:
        paths = PathBuilder(roots, registry).async_build_paths(x509.Certificate.load(certificate))
        return tuple(finish(paths))
    except PathBuildingError:
        return ()


@lru_cache(maxsize=8)
def _certificates(trust_roots: str) -> tuple[x509.Certificate, ...]:
    blocks = pem.unarmor(trust_roots.encode(), multiple=True) if trust_roots else ()
    return tuple(x509.Certificate.load(block) for name, _, block in blocks if name == "CERTIFICATE")
