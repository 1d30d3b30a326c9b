"""The columns of the register that say how figures accumulate, and what replaces what."""

from schemas import register_columns as column
from schemas.accumulation import Accumulation

#: Of an indicator: what is rated and printed of its figures, and which others it replaces.
INDICATORS_ACCUMULATING = (
    column.word(
        "accumulation",
        "Accumulation",
        "Choose what is rated and printed for a period, for example year to date, which adds up "
        "its figures from the beginning of the year. Blank counts as as reported: the period's own "
        "figure.",
        18,
        tuple(Accumulation),
        "a way to accumulate",
        later=True,
    ),
    column.words(
        "replaces",
        "Replaces",
        "Where it takes the place of others, type their refs with semicolons between, for example "
        "P1-2; P1-3. Leave blank otherwise.",
        14,
        chosen_from="IndicatorRefs",
        later=True,
    ),
)
