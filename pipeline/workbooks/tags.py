"""What programs that read a workbook out go by: its language, and the style of a sheet's title."""

LANGUAGE = "en-GB"
#: By its name and number in Excel.
HEADING, HEADING_ID = "Heading 1", 16
