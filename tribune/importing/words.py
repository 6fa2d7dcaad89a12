"""The words for why a row of a file is in doubt, there already or refused."""

from tribune.reading import contacts, grid, people
from tribune.reading.pasted import N_

_OWN: dict[str, str] = {
    # there already
    "already_there": N_("Stands under this letter already."),
    "waits_to_be_confirmed": N_("Was asked already, and has yet to confirm."),
    "repeated_address": N_("The same address stands on an earlier row: one person counts once."),
    "repeated_line": N_("The same line, signed at the same moment, stands on an earlier row."),
    # refused
    "confirmation_unclear": N_(
        "Whether they confirmed it there is neither yes nor no: you cannot answer for them, but you can ask them."
    ),
    "held_there": N_(
        "It was held in the list of this file, as suspected: you cannot answer for them, but you can ask them."
    ),
    "more_cells": N_("This row has more cells than there are headings: a separator stands within one of them."),
    "name_missing": N_("There is no name here. Type it in the file: of an organisation, that of whoever signs for it."),
    "no_address": N_("There is no email address: nobody can be asked to confirm. You can answer for them instead."),
    "not_reachable": N_("This is no complete email address: nobody can be asked to confirm. Correct it in the file."),
    "not_printable": N_("The name or the line holds characters that cannot be printed."),
    "unconfirmed_there": N_("They never confirmed it there: you cannot answer for them, but you can ask them."),
    "web_address": N_("There is a web address where a name or a line belongs."),
    # doubted
    "address_with_words": N_("More than an address stood in this cell; the rest was left out."),
    "consent_unclear": N_("An answer is neither yes nor no; it was taken for a no."),
    "date_impossible": N_("The date lies in the future, or too far back; today stands in its place."),
    "date_unreadable": N_("This date cannot be read; today stands in its place."),
    "hidden_there": N_("The line was hidden from readers in the list of this file; so it is here."),
    "initials_there": N_("They agreed there to have their initials shown, and no more: they count without their name."),
    "joke": N_("The name looks like a joke."),
    "mixed_scripts": N_("The name mixes alphabets."),
    "name_signed": N_("Somebody of this name stands under the letter with another address, or without one."),
    "repeated_name": N_("The same name stands on an earlier row."),
    "two_addresses": N_("Several addresses stood here: only the first was taken."),
    "wrong_address": N_("This is no complete email address; it was left out."),
}
WORDS = people.REASONS | grid.REASONS | contacts.REASONS | _OWN
