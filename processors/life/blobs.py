"""Files of purged runs: those that nothing else has are removed from the artifact store.

Bytes are stored once, whoever has them. What counts as having them: images, charts, files and
snapshots of any other run, also of one in the bin, and versions of models. A snapshot's manifest
names packs, and several snapshots may name one.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from runtide.core.manifest import parse_manifest
from runtide.errors import MalformedManifest, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runtide.artifacts.port import ArtifactStore
    from runtide.store.port import MetricStore

DIGESTS_AT_ONCE: Final = 10_000
"""Digests in memory at once."""

_FILES: Final = (
    "SELECT sha256 FROM images FINAL WHERE {runs} UNION ALL "
    "SELECT sha256 FROM charts FINAL WHERE {runs} UNION ALL "
    "SELECT sha256 FROM files FINAL WHERE {runs} UNION ALL "
    "SELECT manifest_sha256 AS sha256 FROM snapshots FINAL WHERE {runs}"
)
_OF_RUNS: Final = "run_id IN {ids:Array(String)}"
_OF_OTHERS: Final = "run_id NOT IN {ids:Array(String)}"
_NEXT: Final = (
    f"SELECT DISTINCT sha256 FROM ({_FILES.replace('{runs}', _OF_RUNS)}) "  # noqa: S608  # our own words
    f"WHERE sha256 > {{after:String}} ORDER BY sha256 LIMIT {DIGESTS_AT_ONCE}"
)
_HELD: Final = (
    f"SELECT DISTINCT sha256 FROM ({_FILES.replace('{runs}', _OF_OTHERS)} UNION ALL "  # noqa: S608  # our own words
    f"SELECT arrayJoin(file_sha256s) AS sha256 FROM models FINAL) "
    f"WHERE sha256 IN {{digests:Array(String)}}"
)
_MANIFESTS: Final = (
    "SELECT DISTINCT manifest_sha256 AS sha256 FROM snapshots FINAL WHERE {runs} ORDER BY sha256"
)


def remove_blobs(store: MetricStore, artifacts: ArtifactStore, ids: Sequence[str]) -> int:
    """Remove the files that only the runs `ids` have, and return how many there were.

    Raises:
        UnavailableError: Some are left; call again before the rows are removed.
    """
    packs = _exclusive_packs(store, artifacts, ids)
    count = 0
    for digests in _digests(store, ids):
        for digest in _without_held(store, ids, digests):
            count += artifacts.remove(digest)
    for digest in _without_held(store, ids, sorted(packs)):
        count += artifacts.remove(digest)
    return count


def _digests(store: MetricStore, ids: Sequence[str]) -> Iterator[list[str]]:
    after = ""
    while True:
        found = store.query(_NEXT, {"ids": list(ids), "after": after})
        digests: list[str] = found.column("sha256").to_pylist()
        if not digests:
            return
        yield digests
        after = digests[-1]


def _without_held(store: MetricStore, ids: Sequence[str], digests: Sequence[str]) -> list[str]:
    if not digests:
        return []
    parameters: dict[str, Any] = {"ids": list(ids), "digests": list(digests)}
    held = set(store.query(_HELD, parameters).column("sha256").to_pylist())
    return [digest for digest in digests if digest not in held]


def _exclusive_packs(store: MetricStore, artifacts: ArtifactStore, ids: Sequence[str]) -> set[str]:
    """Return the blobs that manifests of the runs name, and no other manifest."""
    parameters = {"ids": list(ids)}
    manifests = {
        who: set(store.query(_MANIFESTS.replace("{runs}", who), parameters)["sha256"].to_pylist())
        for who in (_OF_RUNS, _OF_OTHERS)
    }
    packs: set[str] = set()
    for manifest in manifests[_OF_RUNS] - manifests[_OF_OTHERS]:
        packs |= _packs(artifacts, manifest)
    for manifest in manifests[_OF_OTHERS]:
        if not packs:
            break
        packs -= _packs(artifacts, manifest)
    return packs


def _packs(artifacts: ArtifactStore, manifest: str) -> set[str]:
    # One that is not stored, or is no manifest, names nothing that anybody could read.
    with suppress(NotFound, MalformedManifest):
        parsed = parse_manifest(b"".join(artifacts.read(manifest)))
        return {file.stored.blob for file in parsed.files}
    return set()
