"""Dates and times as a sheet shows them, by the number format of their cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from msgspec import Struct

from pipeline.workbooks.figures.formats import CONDITION, split

_Moment = date | datetime | time | timedelta

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
#: Letters that stand for a part of a moment, and those that only a day has.
_LETTERS, _OF_A_DAY = "ymdhs", "ymd"
#: Signs that need no quotes in a format.
_BARE = frozenset(" -/:.,()'")
_HALVES = ("AM/PM", "am/pm")
#: The language of a locale, and English among them ([MS-LCID]).
_LANGUAGE, _ENGLISH = 0x3FF, 0x09
_ELAPSED = re.compile(r"[hms]+", re.IGNORECASE)


class _Part(Struct):
    """A piece of a format: literal text, or letters that stand for a part of a moment."""

    text: str
    is_literal: bool = False
    #: Counted on past a day, an hour or a minute.
    is_elapsed: bool = False
    #: Of an `m`: it counts minutes.
    is_minute: bool = False

    @property
    def letter(self) -> str:
        return "" if self.is_literal else self.text[0].casefold()


def show_moment(moment: _Moment, number_format: str) -> str | None:
    """What a cell of this format shows; None where that cannot be told exactly."""
    parts = _parts(split(number_format)[0])
    if parts is None or not any(part.letter for part in parts):
        return None
    has_day = isinstance(moment, date)
    if not has_day and any(_needs_day(part) for part in parts):
        return None
    if not isinstance(moment, timedelta) and any(part.is_elapsed for part in parts):
        return None
    if isinstance(moment, timedelta) and moment < timedelta():
        return None
    if isinstance(moment, datetime):
        # A moment that a float came near to.
        moment = (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
    return "".join(_show(part, moment, parts) for part in parts).strip()


def _needs_day(part: _Part) -> bool:
    return part.letter != "" and part.letter in _OF_A_DAY and not part.is_minute


def _parts(pieces: Sequence[re.Match[str]]) -> list[_Part] | None:
    """A section as parts, minutes told from months; None where any of it is not known."""
    bare = "".join(piece["other"] or "\0" for piece in pieces)
    parts: list[_Part] = []
    at = 0
    while at < len(pieces):
        piece, character = pieces[at], bare[at]
        if bare[at : at + 5] in _HALVES:
            parts.append(_Part(bare[at : at + 5]))
            at += 5
            continue
        at += 1
        if character.casefold() in _LETTERS:
            if parts and at > 1 and bare[at - 2].casefold() == character.casefold():
                parts[-1].text += character
            else:
                parts.append(_Part(character))
        elif (part := _other(piece)) is not None:
            parts.append(part)
        else:
            return None
    _tell_minutes([part for part in parts if part.letter])
    return parts


def _other(piece: re.Match[str]) -> _Part | None:
    """What is no letter of a moment; None where it is not known."""
    if (literal := piece["quoted"] or piece["escaped"]) is not None:
        return _Part(literal, is_literal=True)
    if piece["pad"] is not None:
        return _Part(" ", is_literal=True)
    if (inside := piece["bracket"]) is not None:
        if _ELAPSED.fullmatch(inside):
            return _Part(inside, is_elapsed=True)
        is_known = _is_english(inside) if inside.startswith("$") else not CONDITION.match(inside)
        return _Part("", is_literal=True) if is_known else None
    other = piece["other"]
    return _Part(other, is_literal=True) if other in _BARE else None


def _is_english(inside: str) -> bool:
    """Whether `$-809` or `$-en-GB` leaves words in English and the calendar as it is."""
    said, _, locale = inside[1:].partition("-")
    if said:
        return False
    if re.fullmatch("[0-9A-Fa-f]{1,4}", locale):
        number = int(locale, 16)
        # From F000 on, the reader's computer says how a day or a time is shown.
        return number < 0xF000 and number & _LANGUAGE == _ENGLISH
    return locale.casefold().startswith("en")


def _tell_minutes(parts: list[_Part]) -> None:
    for number, part in enumerate(parts):
        if part.letter == "m" and len(part.text) < 3:
            before = parts[number - 1].letter if number else ""
            after = parts[number + 1].letter if number + 1 < len(parts) else ""
            part.is_minute = part.is_elapsed or before == "h" or after == "s"


def _show(part: _Part, moment: _Moment, parts: Sequence[_Part]) -> str:
    if part.is_literal:
        return part.text
    width = len(part.text)
    if isinstance(moment, date) and _needs_day(part):
        return _of_day(part.letter, width, moment)
    seconds = _seconds(moment)
    hours, minutes = seconds // 3600, seconds // 60
    match part.letter:
        case "a":
            text = "PM" if hours % 24 >= 12 else "AM"
            return text if part.text.isupper() else text.casefold()
        case "h":
            number = hours if part.is_elapsed else hours % 24
            if any(each.letter == "a" for each in parts):
                number = (number - 1) % 12 + 1
        case "m":
            number = minutes if part.is_elapsed else minutes % 60
        case _:
            number = seconds if part.is_elapsed else seconds % 60
    return str(number).rjust(min(width, 2) if not part.is_elapsed else width, "0")


def _of_day(letter: str, width: int, day: date) -> str:
    match letter:
        case "y":
            return f"{day.year % 100:02}" if width < 3 else f"{day.year:04}"
        case "m":
            name = _MONTHS[day.month - 1]
            return _in_width(day.month, name, width) if width < 5 else name[0]
    return _in_width(day.day, _DAYS[day.weekday()], width)


def _in_width(number: int, name: str, width: int) -> str:
    """`9`, `09`, `Sep` or `September`."""
    return (str(number), f"{number:02}", name[:3], name)[min(width, 4) - 1]


def _seconds(moment: _Moment) -> int:
    """Seconds since the day began, or that went by, to the nearest."""
    if isinstance(moment, timedelta):
        return round(moment.total_seconds())
    if isinstance(moment, datetime):
        moment = moment.time()
    if isinstance(moment, time):
        near = 1 if moment.microsecond >= 500_000 else 0
        return moment.hour * 3600 + moment.minute * 60 + moment.second + near
    return 0
