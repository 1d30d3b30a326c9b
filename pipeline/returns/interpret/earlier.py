"""The columns of a template that hold what the service area reported before.

They are read to be compared, and are never a figure of the return. Only a template's own headings
name them: over a whole table the same words would say of what period its figures are.
"""

from __future__ import annotations

from msgspec.structs import replace

from pipeline.returns.interpret.labels import INDICATORS, Label
from pipeline.workbooks.names import name_key
from schemas.fields import EARLIER_FIELDS, Fields

_HEADINGS = {name_key(f.heading): f.key for f in EARLIER_FIELDS}


def with_earlier(labels: list[Label], fields: Fields) -> list[Label]:
    """What stands over a column, the heading last, which may be one of these columns'."""
    if fields is not INDICATORS:
        return labels
    key = _HEADINGS.get(name_key(labels[-1].text))
    if key is None or any(replace(each, text="") != Label("") for each in labels[:-1]):
        return labels
    return [*labels[:-1], Label(labels[-1].text, frozenset({key}))]
