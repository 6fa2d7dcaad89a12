"""What may be doubtful about what was read: a code, and the words that say it to whoever checks it."""

from dataclasses import dataclass


def N_(words: str) -> str:
    """Mark words for translation where they stand; the page that shows them translates them."""
    return words


@dataclass(frozen=True)
class Doubt:
    """Something read that a person should check; `line` counts from 1, `text` is as written, `reason` is a code."""

    line: int
    text: str
    reason: str


PAGE_DOUBTS: dict[str, str] = {
    "list_without_heading": N_(
        "The page ends with a list that nothing announces; it was kept as text. Put “Signatories:” before it "
        "if it lists signatories."
    ),
    "no_text": N_("No text of a letter was found."),
    "perhaps_a_subheading": N_(
        "This short line may be a subheading; it was kept as a paragraph. Put “##” before it if it is one."
    ),
    "standfirst_guessed": N_("The first paragraph speaks about the letter; it was taken as its standfirst."),
    "subheading_guessed": N_("A short line without a full stop was taken as a subheading."),
    "title_guessed": N_("The first short line was taken as the title."),
    "unreadable_character": N_("A character of the file could not be read; it was replaced by a mark."),
}
# Those of the page too, as an import reports both.
LIST_DOUBTS: dict[str, str] = PAGE_DOUBTS | {
    "address_in_line": N_("There was an email address here; it was left out of the printed line."),
    "column_left_out": N_("These columns of the table were left out."),
    "columns_guessed": N_(
        "The table has no headings; its first columns were read as given and family name. Check them."
    ),
    "comma_in_organisation": N_("There is a comma inside the role or the organisation. Check where each ends."),
    "digits_in_name": N_("There are digits in the name; kept as printed. Remove them if they are not part of it."),
    "family_name_first": N_("The family name was read first, as on most lines of this list. Check which is which."),
    "family_name_guessed": N_("The name has several words. Check where the family name begins."),
    "heading": N_("This looks like a heading inside the list; nobody was read from it."),
    "headings_of_columns": N_("These are the headings of the table; nobody was read from this line."),
    "link_in_line": N_("There was the address of a page here; it was left out of the printed line."),
    "name_without_capital": N_("The name begins with a small letter; it was kept as printed."),
    "no_connector": N_(
        "No word such as “of” or “chez” joins role and organisation. Check where the organisation begins."
    ),
    "no_name": N_("There is no name on this line; nobody was read from it."),
    "no_separator": N_("Nothing separates the name from the role. Check where the name ends, or put a comma there."),
    "not_a_name": N_("This reads as a sentence rather than as a name; nobody was read from it."),
    "odd_character_in_name": N_("There is an unusual character in the name; it was kept as printed."),
    "one_word_name": N_("The name has one word: it was kept as a family name. Add the given name if there is one."),
    "organisation_alone": N_("This looks like an organisation without a person; it was kept as one name."),
    "other_signatories": N_("Other people are counted here without being named; none of them was read."),
    "people_share_a_line": N_("Several people were read on this line, each with what follows the names. Check them."),
    "perhaps_two_people": N_("There may be two people here; one was read. Put each on a line of their own."),
    "repeated_name": N_(
        "The same name appears more than once; every line was kept. Remove one if it is the same person."
    ),
    "role_assumed": N_("The part after the name was taken as the role because an organisation follows. Check it."),
    "role_first": N_("The role or organisation was before the name; they were swapped. Check the line."),
    "role_or_organisation": N_("What follows the name was taken as an organisation. Move it to the role if it is one."),
    "several_affiliations": N_(
        "Several roles or organisations are given; one was taken. The printed line has them all."
    ),
    "title_left_out": N_("There was a title such as Madame before the name; it was left out."),
    "too_long": N_("This is too long for a name, a role or an organisation, and was left out. Shorten it."),
    "turned": N_(
        "The part in capitals stood first; it was taken as the family name and put last. Check that it is a person."
    ),
}
# Of spreadsheets and CSV files.
TABLE_DOUBTS: dict[str, str] = {
    "cell_cut": N_("A cell was very long; only its beginning was read."),
    "cells_merged": N_("Cells were merged over several rows; what they held was taken for each row."),
    "encoding_odd": N_("Some letters look odd: the file is in another encoding. Save it as XLSX or as CSV in UTF-8."),
    "formula_failed": N_("A formula has no result here: open the file in a spreadsheet, save it, or type the words."),
    "other_sheets": N_("The file has other sheets, which were not read. Send each one you need separately."),
    "row_hidden": N_("This row is hidden in the spreadsheet. Leave it out if it does not belong."),
    "title_merged": N_("A title runs across the table; nobody was read from it."),
}
# Of people with their addresses, in a list or a table.
CONTACT_DOUBTS: dict[str, str] = {
    "above_headings": N_("This is above the headings of the table; nobody was read from it."),
    "address_of_another": N_("This address bears the name of somebody else on the list. Check whose it is."),
    "address_of_whom": N_("There was an address here, and nothing says whose it is: it was kept in the note."),
    "address_with_words": N_("This cell held more than an address; all of it was kept in the note."),
    "addresses_in_order": N_("There were several people and as many addresses here; they were matched in order."),
    "capitals_lowered": N_("The name was in capitals. Check its accents and its small words."),
    "at_sign": N_(
        "There is an @ here that is not part of a complete address. Correct the address, and leave the rest out."
    ),
    "name_missing": N_(
        "There is no name here: type it, or leave this row out. If its address is that of somebody else here, give it "
        "to them."
    ),
    "order_guessed": N_(
        "The column asks for the family name first, and the given name was read first. Check which is which."
    ),
    "phone_left_out": N_("There was a phone number here; it was left out of the printed line."),
    "total": N_("This is a total; nobody was read from it."),
    "two_addresses": N_("There were several addresses here: the first was taken, the others are in the note."),
}
