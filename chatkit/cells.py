"""A text as a cell of a table: words, and never a formula.

A spreadsheet computes what begins like one, with all that the person who opens the table may do. An
apostrophe before it makes it text again ("CSV injection", OWASP).
"""

_BEGINNINGS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")  # some spreadsheets take the wide ones as well


def as_cell(text: str) -> str:
    """Return the text, after an apostrophe if a spreadsheet would compute it."""
    return f"'{text}" if text.lstrip().startswith(_BEGINNINGS) else text
