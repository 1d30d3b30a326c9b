"""Compare: where two stores say something else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from pipeline import __version__
from pipeline.store import Store, Submission, journal
from schemas.findings import printable


class Difference(Struct, frozen=True):
    """Where the store says something else than the archive."""

    what: str
    #: Which rows of it differ, and in which of their columns, where it has several.
    where: tuple[str, ...] = ()
    #: What either says; empty where it may be a figure that no appendix prints.
    stored: str = ""
    replayed: str = ""


#: By which column the rows of one submission, or of one issue, are told apart.
_KEYS = {"signature": "", "observation": "indicator", "achievement": "position"}
#: A row of a table, by the names of its columns.
_Row = Mapping[str, object]


def compare(stored: Store, rebuilt: Store, *, reveals: bool) -> list[Difference]:
    """Every difference between two stores: of submissions, of issues, of what people decided.

    Sentences of findings are compared where the same version of the program wrote them; of another
    version's, whether each is still found, since this one may look for more. What figures and texts
    are is told where it `reveals` them: what is in the store was not all printed.
    """
    found: list[Difference] = []
    for each in (stored, rebuilt):
        each.period_names.forget()
    ours, theirs = ({s.id: s for s in store.submissions()} for store in (stored, rebuilt))
    names = {
        n: f"submission {n}, {printable(sent.filename)}"
        for n, sent in sorted((theirs | ours).items())
    }
    for number, what in names.items():
        mine, other = ours.get(number), theirs.get(number)
        if mine is None or other is None:
            found.append(Difference(what, (), _shown(mine), _shown(other)))
            continue
        found += _of_fields(what, mine, other)
        found += _rows(f"findings of {what}", *_findings(mine, other), reveals=reveals)
    for table, key in _KEYS.items():
        left, right = (_by_submission(store, table, key) for store in (stored, rebuilt))
        for number in sorted(left.keys() | right.keys()):
            what = names.get(number, f"submission {number}, no file")
            found += _rows(f"{table}s of {what}", left[number], right[number], reveals=reveals)
    for issued, rated in zip(stored.editions.all(), rebuilt.editions.all(), strict=False):
        what = f"ratings of {issued.period} as issued {issued.issued_at:%Y-%m-%d %H:%M}"
        said, would_say = (
            {each.indicator: asdict(each) for each in one.ratings} for one in (issued, rated)
        )
        found += _rows(what, said, would_say, reveals=reveals)
    # What people decided, and what became of mail, which only the journal knows.
    for table in journal.TABLES[1:]:
        decided, taken_over = (
            {row["id"]: {"": row} for row in store.rows_of(table)} for store in (stored, rebuilt)
        )
        for number in sorted(decided.keys() | taken_over.keys()):
            one, two = decided.get(number, {}), taken_over.get(number, {})
            found += _rows(f"{table} {number}", one, two, reveals=reveals)
    return found


def _of_fields(what: str, mine: Submission, other: Submission) -> Iterator[Difference]:
    """Where two submissions differ, but for their findings: no figure is among that."""
    said = asdict(other)
    for name, value in asdict(mine).items():
        if name != "findings" and value != said[name]:
            yield Difference(f"{name} of {what}", (), str(value), str(said[name]))


def _findings(mine: Submission, other: Submission) -> list[Mapping[int, _Row]]:
    """The findings of both in reading order, as far as both versions would say the same."""
    if mine.version == __version__:
        lines = [[f.line for f in sent.findings] for sent in (mine, other)]
    else:
        held, found = ([f"{f.code} {f.place}" for f in sent.findings] for sent in (mine, other))
        lines = [held, [line for line in found if line in held]]
    return [{n: {"line": line} for n, line in enumerate(each, 1)} for each in lines]


def _rows(
    what: str, mine: Mapping[Any, _Row], other: Mapping[Any, _Row], *, reveals: bool
) -> Iterator[Difference]:
    """What differs between two sets of rows, each by what tells it apart."""
    where: list[str] = []
    stored: list[str] = []
    replayed: list[str] = []
    for key in sorted(mine.keys() | other.keys()):
        one, two = mine.get(key), other.get(key)
        if one == two:
            continue
        name = f"{key}: " if key != "" else ""
        if one is None or two is None:
            where.append(f"{name}only in the {'archive' if one is None else 'store'}")
            differing = list(one or two or ())
        else:
            differing = [column for column in one if one[column] != two.get(column)]
            where.append(name + ", ".join(differing))
        for row, said in ((one, stored), (two, replayed)):
            if row is not None:
                said.append(name + ", ".join(f"{each} {row.get(each)}" for each in differing))
    if where:
        told = ("; ".join(stored), "; ".join(replayed)) if reveals else ("", "")
        yield Difference(what, tuple(where), *told)


def _by_submission(store: Store, table: str, key: str) -> dict[int, dict[object, _Row]]:
    """The rows of a table, by the submission that they belong to and by what tells them apart."""
    found: dict[int, dict[object, _Row]] = defaultdict(dict)
    for row in store.rows_of(table):
        found[row["submission_id"]][row[key] if key else ""] = row
    return found


def _shown(sent: Submission | None) -> str:
    return "nothing" if sent is None else f"{sent.outcome}, {sent.sha256[:12]}"
