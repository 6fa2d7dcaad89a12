"""The words for why a row of a file is in doubt, there already or refused."""

from tribune.reading.doubts import CONTACT_DOUBTS, LIST_DOUBTS, N_, TABLE_DOUBTS

_OWN: dict[str, str] = {
    # there already
    "already_there": N_("Already under this letter."),
    "waits_to_be_confirmed": N_("Has already been asked, and has yet to confirm."),
    "repeated_address": N_("The same address is on an earlier row: one person counts once."),
    "repeated_otherwise": N_(
        "The same address is on an earlier row, which agrees to something else; only that row is taken. Keep the right "
        "one in the file."
    ),
    "repeated_line": N_("The same line, signed at the same moment, is on an earlier row."),
    # refused
    "confirmation_unclear": N_(
        "The file does not say yes or no to whether they confirmed it there: you cannot vouch for them, but "
        "you can ask them."
    ),
    "held_there": N_(
        "It was held as suspect in the list of this file: you cannot vouch for them, but you can ask them."
    ),
    "more_cells": N_("This row has more cells than there are headings: one of its cells contains a separator."),
    "name_missing": N_(
        "There is no name here. Type it in the file: for an organisation, the name of whoever signs for it."
    ),
    "no_address": N_("There is no email address: nobody can be asked to confirm. You can vouch for them instead."),
    "not_reachable": N_("No email can reach this address: nobody can be asked to confirm. Correct it in the file."),
    "not_printable": N_("The name or the line holds characters that cannot be printed."),
    "telephone": N_("There is a telephone number where a name should be."),
    "unconfirmed_there": N_("They never confirmed it there: you cannot vouch for them, but you can ask them."),
    "web_address": N_("There is a web address where a name or a line should be."),
    # doubted
    "address_with_words": N_("This cell held more than an address; the rest was left out."),
    "consent_unclear": N_("An answer is neither yes nor no; it was taken as a no."),
    "date_impossible": N_("The date is in the future, or too far back; today’s date is used instead."),
    "date_unreadable": N_("This date cannot be read; today’s date is used instead."),
    "hidden_there": N_("The line was hidden from readers in the list of this file, and is hidden here too."),
    "initials_there": N_("There, they agreed only to their initials being shown: they count without their name."),
    "joke": N_("The line looks like a joke or an insult."),
    "mixed_scripts": N_("The name mixes alphabets."),
    "name_signed": N_("Somebody of this name is under the letter with another address, or without one."),
    "repeated_name": N_("The same name is on an earlier row."),
    "two_addresses": N_("There were several addresses here: only the first was taken."),
    "wrong_address": N_("No email can reach this address; it was left out."),
}
WORDS = LIST_DOUBTS | TABLE_DOUBTS | CONTACT_DOUBTS | _OWN
