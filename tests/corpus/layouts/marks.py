"""Texts with a figure and something else: footnotes' marks, letters, a second figure."""

from __future__ import annotations

from tests.corpus.expected import Asked, Expected, Open, read
from tests.corpus.layout import FIVE, NOW, READ, Layout, Way, cover, table
from tests.corpus.sheets import Cell


def one(
    name: str,
    figure: Cell,
    expected: Expected,
    ref: str = "1.1",
    *,
    ways: tuple[Way, ...] = FIVE,
) -> Layout:
    """One figure is typed so, the others as usual."""
    column = [figure if each == ref else cell for each, cell in zip(READ, NOW, strict=True)]
    figures = dict(READ) | {ref: expected}
    return Layout(name, (cover(), table(("Actual",), column)), figures, ways=ways)


#: Marks of which nothing but a note could say what they mean.
_MARKED = ("4605*", "4,605 *", "4,605†", "4,605‡", "4605¹", "4605 (a)", "4605 [1]", "4605#")
_DOUBTFUL = {
    "~4605": "roughly",
    "c. 4600": "roughly",
    "4605 approx": "roughly",
    "4605?": "not sure",
    ">4605": "more than that",
    "4605+": "that or more",
    "4,605 (4,711 last year)": "two figures",
    "4605 / 4711": "two figures",
    "45-50": "one of several",
    "between 45 and 50": "one of several",
    "4605 of 4711": "a share, of a count",
    "4605r": "revised, or a slip",
    "r4605": "revised, or a slip",
    "4605e": "an estimate, or a slip",
    "46O5": "a letter O",
    "l20": "a letter l",
    "4605 TBC": "not settled",
    "target 4605": "a target",
    "Q2: 4605": "another quarter's",
    "4.605": "a decimal point or thousands",
    "4,60,5": "commas astray",
    "46 05": "one figure or two",
    "4605;4711": "two figures",
    "+/- 45": "a margin",
    "1.2.3": "no number",
}

LAYOUTS = (
    *(
        one(f"a count typed {text}, with a footnote's mark", text, Open(read(4605), "a mark"))
        for text in _MARKED
    ),
    *(one(f"a count typed {text}: {why}", text, Asked(why)) for text, why in _DOUBTFUL.items()),
    one(
        "a percentage typed 87.5%*",
        "87.5%*",
        Open(read("87.5"), "a footnote's mark"),
        "1.2",
    ),
    one(
        "a percentage typed 87.5%² with a raised character of its own",
        "87.5%²",
        Open(read("87.5"), "a footnote's mark"),
        "1.2",
    ),
    one("days typed 12,5 with a decimal comma", "12,5", Asked("a decimal or thousands"), "1.11"),
    one("days typed 12½", "12½", Open(read("12.5"), "a half"), "1.11"),
    one("a count typed 4 605 with a blank", "4 605", Open(read(4605), "a blank for thousands")),
    one(
        "a count typed 4 605 with a blank that does not break",
        "4\u00a0605",
        Open(read(4605), "a blank for thousands"),
    ),
    one("a count typed in full-width digits", "４６０５", Open(read(4605), "odd digits")),
    one(
        "a count typed with a p, for provisional",
        "4605p",
        Open(read(4605), "taken where it is marked as provisional"),
    ),
    one("a count typed as the text 4,605", "4,605", read(4605)),
    one("a count typed as the text 4605 with blanks around", " 4605 ", read(4605)),
    one("money typed £120,000.00", "£120,000.00", read(120_000), "1.10"),
    one(
        "money typed −£500 with a minus sign of its own",
        "−£500",
        Open(read(-500), "an odd minus"),
        "1.10",
    ),
    one("money typed (500) in brackets", "(500)", Open(read(-500), "a loss"), "1.10"),
)
