"""Words written from right to left take none of what stands after them to their other side."""

from flask import Flask
from playwright.sync_api import Browser

from tests.factories import make_letter, make_signature, owner_of
from tests.servers.browser import enter, visit
from tests.servers.site import Site
from tests.servers.small import door

NAME = "אוניברסיטת חיפה"
# Where the organisation ends, and where the number of names begins.
PLACES = """name => {
    const item = [...document.querySelectorAll("main li")].find(one => one.textContent.includes(name));
    const texts = document.createTreeWalker(item, NodeFilter.SHOW_TEXT), range = document.createRange(), found = {};
    for (let node; node = texts.nextNode();) {
        for (const [part, side] of [[name, "right"], ["3", "left"]]) {
            const at = node.data.indexOf(part);
            if (at < 0) continue;
            range.setStart(node, at);
            range.setEnd(node, at + part.length);
            found[side] = range.getBoundingClientRect()[side];
        }
    }
    return found;
}"""


def test_the_number_of_names_stands_after_an_organisation(chromium: Browser, served: tuple[Site, Flask]) -> None:
    site, app = served
    with app.app_context():
        letter = make_letter()
        for _ in range(3):
            make_signature(letter, organisation=NAME)
        make_signature(letter, organisation="Le Port")
        path, log_in = f"/manage/letters/{letter.id}/organisations", door(owner_of(letter))
    with visit(chromium, site.url) as page:
        enter(page, log_in)
        page.goto(path)
        found = page.evaluate(PLACES, NAME)
        assert found["right"] < found["left"]
        for box in page.get_by_role("checkbox").all():
            box.check()
        page.get_by_role("button", name="Fusionner").click()
        page.get_by_role("heading", name="Imprimer").wait_for()
        found = page.evaluate(PLACES, NAME)
        assert found["right"] < found["left"]
