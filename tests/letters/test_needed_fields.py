"""What is wanting is asked for as the page takes it; what may be demanded is not called optional."""

import re

from tests.factories import make_letter, make_organiser, owner_of
from tests.page import Reader


def test_a_moment_that_is_wanting_is_to_be_chosen(client: Reader) -> None:
    letter = make_letter(make_organiser(), published=False, controller="Nous", contact="nous@example.org")
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/publish?lang=en"
    answer = client.post(page, data={**client.fields(page), "when": "later", "day": "", "hour": ""})
    assert answer.status_code == 422
    assert "Choose the day of publication." in answer.text and "Choose the time." in answer.text
    assert "2026-11-24" not in answer.text and "18:00." not in answer.text


def test_what_is_needed_at_times_is_not_called_optional(client: Reader) -> None:
    letter = make_letter(make_organiser(), published=False, controller="Nous", contact="nous@example.org")
    client.log_in(owner_of(letter))
    at = f"/manage/letters/{letter.id}"
    for page, names in (("publish", ["day", "hour"]), ("edit", ["controller", "contact"])):
        text = client.get(f"{at}/{page}?lang=en").text
        labels = {name: label for name, label in re.findall(r'<label for="(\w+)">(.*?)</label>', text, re.DOTALL)}
        assert all("(optional)" not in labels[name] for name in names)
        assert "(optional)" in labels["outlet"]
