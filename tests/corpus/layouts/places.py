"""Where tables stand: off the corner, beside and above each other, turned over, partly hidden."""

from __future__ import annotations

from tests.corpus.expected import Asked
from tests.corpus.layout import (
    AIM,
    BEFORE,
    BLANK,
    NOW,
    READ,
    REGISTER,
    Layout,
    all_asked,
    cover,
    lines,
    opened,
)
from tests.corpus.register import SAFETY
from tests.corpus.sheets import Row, Sheet, Span, sheet

_HEAD = ("Ref", "Indicator", "Actual")
_SAFETY = REGISTER.indicators_of(SAFETY.ref)


def _beside(left: tuple[Row, ...], right: tuple[Row, ...]) -> Sheet:
    """Two tables side by side, a blank column between."""
    return sheet("Indicators", *((*a, None, *b) for a, b in zip(left, right, strict=True)))


LAYOUTS = (
    Layout(
        "the table starts at D9, with blank rows and a column of notes before",
        (
            cover(),
            sheet(
                "Indicators",
                *((),) * 5,
                ("Please fill in the column Actual.",),
                *((),) * 2,
                *((None, None, None, *row) for row in (_HEAD, *lines(NOW))),
            ),
        ),
        READ,
    ),
    Layout(
        "blank columns between those of the table, and blank rows between its rows",
        (
            cover(),
            sheet(
                "Indicators",
                ("Ref", None, "Indicator", None, None, "Actual"),
                *(
                    each
                    for ref, wording, figure in lines(NOW)
                    for each in ((ref, None, wording, None, None, figure), ())
                ),
            ),
        ),
        READ,
    ),
    Layout(
        "two tables one above the other, each of other indicators",
        (
            cover(),
            sheet(
                "Indicators",
                ("Crime",),
                _HEAD,
                *lines(NOW)[:2],
                (),
                ("Money and time",),
                _HEAD,
                *lines(NOW)[2:],
            ),
        ),
        READ,
    ),
    Layout(
        "two tables one above the other, the second with its columns in another order",
        (
            cover(),
            sheet(
                "Indicators",
                ("Ref", "Indicator", "Target", "Actual"),
                *lines(AIM, NOW)[:2],
                (),
                ("Ref", "Indicator", "Actual", "Target"),
                *lines(NOW, AIM)[2:],
            ),
        ),
        opened(READ, "the second row of headings may not be seen, but never passed over"),
    ),
    Layout(
        "two tables one above the other, titled Quarter 2 and Quarter 3",
        (
            cover(),
            sheet(
                "Indicators",
                ("Quarter 2, 2015-16",),
                _HEAD,
                *lines(BEFORE),
                (),
                ("Quarter 3, 2015-16",),
                _HEAD,
                *lines(NOW),
            ),
        ),
        opened(READ, "each indicator stands twice on the sheet"),
    ),
    Layout(
        "two tables one above the other, of the same indicators, without titles",
        (cover(), sheet("Indicators", _HEAD, *lines(BEFORE), (), _HEAD, *lines(NOW))),
        all_asked("two tables could be meant"),
    ),
    Layout(
        "two tables side by side, each of other indicators",
        (
            cover(),
            _beside((_HEAD, *lines(NOW)[:2]), (_HEAD, *lines(NOW)[2:])),
        ),
        opened(READ, "each heading stands twice in one row"),
    ),
    Layout(
        "two tables side by side, titled 2014-15 Q3 and 2015-16 Q3",
        (
            cover(),
            _beside(
                (("2014-15 Q3", None, None), _HEAD, *lines(BEFORE)),
                (("2015-16 Q3", None, None), _HEAD, *lines(NOW)),
            ),
        ),
        opened(READ, "each heading stands twice in one row"),
    ),
    Layout(
        "two tables side by side, of the same indicators, without titles",
        (cover(), _beside((_HEAD, *lines(BEFORE)), (_HEAD, *lines(NOW)))),
        all_asked("two tables could be meant"),
    ),
    Layout(
        "a transposed table: indicators across, Target and Actual down",
        (
            cover(),
            sheet(
                "Indicators",
                ("Ref", *(each.ref for each in _SAFETY)),
                ("Indicator", *(each.wording for each in _SAFETY)),
                ("Target", *AIM),
                ("Actual", *NOW),
            ),
        ),
        opened(READ, "a table's rows are to name its indicators"),
    ),
    Layout(
        "a transposed table: indicators across, quarters down",
        (
            cover(),
            sheet(
                "Indicators",
                ("Indicator", *(each.wording for each in _SAFETY)),
                ("2015-16 Q2", *BEFORE),
                ("2015-16 Q3", *NOW),
            ),
        ),
        opened(READ, "a table's rows are to name its indicators"),
    ),
    Layout(
        "a hidden column of last quarter's figures before the actual",
        (
            cover(),
            sheet(
                "Indicators",
                ("Ref", "Indicator", "Q2", "Q3"),
                *lines(BEFORE, NOW),
                hidden_columns=(2,),
            ),
        ),
        READ,
    ),
    Layout(
        "a hidden column also headed Actual, with other figures",
        (
            cover(),
            sheet(
                "Indicators",
                ("Ref", "Indicator", "Actual", "Actual"),
                *lines(BEFORE, NOW),
                hidden_columns=(2,),
            ),
        ),
        all_asked("what is hidden counts, and two columns have one heading"),
    ),
    Layout(
        "the references in a hidden column, a row hidden by a filter",
        (
            cover(),
            sheet("Indicators", _HEAD, *lines(NOW), hidden_columns=(0,), hidden_rows=(4,)),
        ),
        READ,
    ),
    Layout(
        "one figure merged over the rows of two indicators",
        (
            cover(),
            sheet(
                "Indicators",
                _HEAD,
                *lines(NOW)[:2],
                ("1.10", "Spending on prevention", Span(NOW[2], down=2)),
                ("1.11", "Days until a case is closed"),
            ),
        ),
        dict(READ)
        | {
            "1.10": Asked("one figure stands for two indicators"),
            "1.11": Asked("one figure stands for two indicators"),
        },
    ),
    Layout(
        "figures merged over two columns, of Actual and a blank heading",
        (
            cover(),
            sheet(
                "Indicators",
                ("Ref", "Indicator", Span("Actual", 2), "Commentary"),
                *((*row, Span(figure, 2), None) for row, figure in zip(lines(), NOW, strict=True)),
            ),
        ),
        READ,
    ),
    Layout(
        "one figure merged over the columns Target and Actual",
        (
            cover(),
            sheet(
                "Indicators",
                ("Ref", "Indicator", "Target", "Actual"),
                ("1.1", "Incidents of anti-social behaviour", Span(4605, 2)),
                *lines(AIM, NOW)[1:],
            ),
        ),
        dict(READ) | {"1.1": Asked("the figure stands under Target and Actual")},
    ),
    Layout(
        "the columns in another order: figures first, references last",
        (
            cover(),
            sheet(
                "Indicators",
                ("Actual", "Target", "Indicator", "Ref"),
                *((figure, aim, wording, ref) for ref, wording, figure, aim in lines(NOW, AIM)),
            ),
        ),
        READ,
    ),
    Layout(
        "row numbers in a column without a heading, before the references",
        (
            cover(),
            sheet(
                "Indicators",
                (None, *_HEAD),
                *((n, *row) for n, row in enumerate(lines(NOW), 1)),
            ),
        ),
        READ,
    ),
    Layout(
        "remarks in a column without a heading, behind the figures",
        (
            cover(),
            sheet(
                "Indicators",
                _HEAD,
                *(
                    (*row, remark)
                    for row, remark in zip(
                        lines(NOW), ("checked", None, "see ledger", None), strict=True
                    )
                ),
            ),
        ),
        opened(READ, "what has no heading may say something of the figure"),
    ),
    Layout(
        "a form: an area's indicators as blocks of labelled lines",
        (
            cover(),
            sheet(
                "Return",
                *(
                    row
                    for ref, wording, aim, figure in lines(AIM, NOW)
                    for row in (
                        ("Indicator", f"{ref} {wording}"),
                        ("Target", aim),
                        ("Actual", figure),
                        ("Commentary", BLANK[0]),
                        (),
                    )
                ),
            ),
        ),
        opened(READ, "a table's rows are to name its indicators"),
    ),
)
