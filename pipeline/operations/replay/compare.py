"""Compare: where two stores say something else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import asdict

from pipeline import __version__
from pipeline.store import Store, Submission, journal


class Difference(Struct, frozen=True):
    """Where the store says something else than the archive."""

    what: str
    stored: str
    replayed: str


def compare(stored: Store, rebuilt: Store) -> list[Difference]:
    """Every difference between two stores: of submissions, of issues, of what people decided.

    Sentences of findings are compared where the same version of the program wrote them; their codes
    and cells always.
    """
    found: list[Difference] = []
    ours, theirs = ({s.id: s for s in store.submissions()} for store in (stored, rebuilt))
    names = {n: f"submission {n}, {sent.filename}" for n, sent in sorted((theirs | ours).items())}
    for number, what in names.items():
        mine, other = ours.get(number), theirs.get(number)
        if mine is None or other is None:
            found.append(Difference(what, _shown(mine), _shown(other)))
            continue
        said = _fields_of(other)
        found += [
            Difference(f"{name} of {what}", str(value), str(said[name]))
            for name, value in _fields_of(mine).items()
            if value != said[name]
        ]
    for table in ("signature", "observation", "achievement"):
        left, right = (_rows(store, table) for store in (stored, rebuilt))
        for number in sorted(left.keys() | right.keys()):
            what = names.get(number, f"submission {number}, no file")
            found += _sets(f"{table}s of {what}", left[number], right[number])
    for issued, rated in zip(stored.issues(), rebuilt.issues(), strict=False):
        what = f"ratings of {issued.period} as issued {issued.issued_at:%Y-%m-%d %H:%M}"
        found += _sets(what, issued.ratings, rated.ratings)
    # What people decided, and what became of mail, which only the journal knows.
    for table in journal.TABLES[1:]:
        decided, taken_over = (
            {row["id"]: row.items() for row in store.rows_of(table)} for store in (stored, rebuilt)
        )
        for number in sorted(decided.keys() | taken_over.keys()):
            one, two = decided.get(number, ()), taken_over.get(number, ())
            found += _sets(f"{table} {number}", one, two)
    return found


def _fields_of(sent: Submission) -> dict[str, object]:
    """Of a submission all but its number, and of its findings what this version would say, too."""
    found = asdict(sent)
    del found["id"], found["findings"]
    is_same_version = sent.version == __version__
    lines = [f.line if is_same_version else f"{f.code} {f.place}" for f in sent.findings]
    return found | {"findings": lines}


def _sets(what: str, mine: Iterable[object], other: Iterable[object]) -> Iterator[Difference]:
    left, right = sorted(map(repr, mine)), sorted(map(repr, other))
    if left != right:
        only_left = [one for one in left if one not in right]
        only_right = [one for one in right if one not in left]
        yield Difference(what, "; ".join(only_left), "; ".join(only_right))


def _rows(store: Store, table: str) -> dict[int, list[object]]:
    """The rows of a table, each as its sorted fields, by the submission that they belong to."""
    found: dict[int, list[object]] = defaultdict(list)
    for row in store.rows_of(table):
        found[row["submission_id"]].append(sorted(row.items()))
    return found


def _shown(sent: Submission | None) -> str:
    return "nothing" if sent is None else f"{sent.outcome}, {sent.sha256[:12]}"
