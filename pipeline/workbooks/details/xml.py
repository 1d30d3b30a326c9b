"""XML by expat, with entity declarations refused."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from pipeline.workbooks.details.detail import BrokenPartError

OnStart = Callable[[str, dict[str, str]], None]


def local(name: str) -> str:
    """A name without its namespace prefix."""
    return name.rpartition(":")[2]


def walk(content: bytes, on_start: OnStart) -> None:
    """Call `on_start` for each element, by its name without a prefix.

    Raises:
        BrokenPartError: the XML is malformed or declares entities.
    """
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: on_start(local(name), attributes)
    parse(parser, content)


def parse(parser: expat.XMLParserType, content: bytes) -> None:
    """Run a parser whose handlers are set; errors as of `walk`."""

    def refuse(*_: object) -> None:
        raise BrokenPartError("it declares XML entities")

    # Entities are how a few bytes become gigabytes, or fetch something: no workbook needs them.
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise BrokenPartError(f"its XML is broken ({error})") from error
    except LookupError as error:
        raise BrokenPartError(f"it is in an unknown encoding ({error})") from error
    except ValueError as error:
        raise BrokenPartError(f"its XML holds a wrong number ({error})") from error
