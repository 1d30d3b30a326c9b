"""A register of before, with its periods under the names that they have by now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import fields, replace

from schemas.model import Register

_Row = TypeVar("_Row", bound=Struct)
#: The rows that name periods, by attribute of the register, each with the fields that do.
_NAMING = {
    "periods": ("name",),
    "targets": ("period",),
    "indicators": ("since", "first", "last", "due_in"),
    "versions": ("since", "first", "last", "due_in"),
    "not_due": ("since", "first", "last", "due_in"),
    "areas": ("since", "first", "last"),
    "area_versions": ("since", "first", "last"),
    "policies": ("since",),
}


def with_names_of(then: Register, now: Register) -> Register:
    """A register of before with its periods named as in one of now; the very one if they are."""
    former = {name: each.name for each in now.periods for name in each.formerly}
    by_now = {each.name: former[each.name] for each in then.periods if each.name in former}
    if not by_now:
        return then
    held: dict[tuple[tuple[str, str], ...], Register] = then.__dict__.setdefault("renamed", {})
    key = tuple(by_now.items())
    if key not in held:
        rows = {
            name: tuple(_renamed(row, naming, by_now) for row in getattr(then, name))
            for name, naming in _NAMING.items()
        }
        held[key] = replace(then, **rows)
    return held[key]


def _renamed(row: _Row, naming: tuple[str, ...], by_now: Mapping[str, str]) -> _Row:
    changed = {}
    for field in fields(row):
        value = getattr(row, field.name)
        if field.name in naming and value:
            changed[field.name] = (
                by_now.get(value, value)
                if isinstance(value, str)
                else tuple(by_now.get(each, each) for each in value)
            )
    return replace(row, **changed) if changed else row
