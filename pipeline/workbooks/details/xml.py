"""XML by expat, with entity declarations refused."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from pipeline.workbooks.details.detail import BrokenPartError

#: No number of a workbook's XML has more digits.
_LONGEST_NUMBER = 18
OnStart = Callable[[str, dict[str, str]], None]


def local(name: str) -> str:
    """A name without its namespace prefix."""
    return name.rpartition(":")[2]


def whole(text: str | None) -> int | None:
    """The whole number that an attribute is; None where it is none, or is not there."""
    is_whole = text and len(text) <= _LONGEST_NUMBER and text.isascii() and text.isdigit()
    return int(text) if text and is_whole else None


def walk(content: bytes, on_start: OnStart) -> None:
    """Call `on_start` for each element, by its name without a prefix; errors as of `parse`."""
    parse(expat.ParserCreate(), content, lambda name, attributes: on_start(local(name), attributes))


def parse(
    parser: expat.XMLParserType,
    content: bytes,
    on_start: OnStart,
    on_end: Callable[[str], None] | None = None,
) -> None:
    """Run a parser that calls these where an element, by its whole name, begins and ends.

    Raises:
        BrokenPartError: the XML is malformed or declares entities.
    """

    def refuse(*_: object) -> None:
        raise BrokenPartError("it declares XML entities")

    # Entities are how a few bytes become gigabytes, or fetch something: no workbook needs them.
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = on_start, on_end
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise BrokenPartError(f"its XML is broken ({error})") from error
    except KeyError as error:
        raise BrokenPartError(f"an element of its XML has no {error.args[0]}") from error
    except LookupError as error:
        raise BrokenPartError("it is in an unknown encoding") from error
    except ValueError as error:
        raise BrokenPartError("its XML holds a wrong number") from error
    finally:
        # They may hold the parser, as it does them.
        parser.EntityDeclHandler = parser.StartElementHandler = parser.EndElementHandler = None
