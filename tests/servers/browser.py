"""A real browser: the Chromium of this machine, driven by Playwright, and what it complains about."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, Response, sync_playwright

from tests.servers import cannot_run

# The one that has no windows first: for each visitor another draws a whole window, which takes longer than the pages.
NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
# as root there is no sandbox; the rest keeps Chromium from calling its makers
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESK, HEIGHT = 375, 1280, 800  # widths, and the height of both, in CSS pixels
WCAG = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
AXE = Axe().axe_script
CONTRAST = {"type": "rule", "values": ["color-contrast"]}


@contextmanager
def start() -> Iterator[Browser]:
    """Start the browser once; skips with a reason where there is none, or where it does not start."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        cannot_run("Browser: no Chromium on this machine (`apt install chromium-headless-shell`).")
    try:
        driver = sync_playwright().start()
    except Exception as error:  # the driver dies before it can say what is wrong (libatomic1 missing, say)
        cannot_run(f"Browser: Playwright does not start ({error}); on Debian, `apt install libatomic1`.")
    try:
        browser = driver.chromium.launch(executable_path=program, args=SWITCHES)
    except Error as error:
        driver.stop()
        cannot_run(f"Browser: {program} does not start: {error.message.splitlines()[0]}")
    yield browser
    browser.close()
    driver.stop()


@contextmanager
def visit(browser: Browser, site: str, *, width: int = DESK, javascript: bool = True) -> Iterator[Page]:
    """Open a page for a new visitor of `site` (its URL; `page.goto` takes paths).

    When the visit ends well, fails if the browser complained meanwhile: an error in the console or in a script,
    anything the Content-Security-Policy stopped, a file of ours that did not come, a request to anybody else.
    """
    context = browser.new_context(
        base_url=site,
        viewport={"width": width, "height": HEIGHT},
        java_script_enabled=javascript,
        locale="fr-FR",
    )
    complaints = _listen(context, site)
    try:
        yield context.new_page()
    finally:
        context.close()
    assert not complaints, "The browser complains:\n" + "\n".join(complaints)


def flaws(page: Page, *, dark: bool = False) -> list[str]:
    """What is wrong with the page as it stands, on a phone and at a desk: what axe finds, and that it scrolls sideways.

    With `dark`, its colours are looked at in the dark too, at a desk: nothing else of it is another there.
    """
    found, before = [], page.viewport_size
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found += [f"at {width}: {what}" for what in axe_violations(page)]
        if scrolls_sideways(page):
            found.append(f"at {width}: scrolls sideways")
    if dark:
        page.emulate_media(color_scheme="dark")
        found += [f"in the dark: {what}" for what in axe_violations(page, CONTRAST)]
        page.emulate_media(color_scheme="light")
    if before:
        page.set_viewport_size(before)
    return found


def axe_violations(page: Page, run_only: object = WCAG) -> list[str]:
    """What axe finds against WCAG 2.2 AA on the page as it stands: one line a rule, with the elements.

    Not on a visit without JavaScript: axe is a script, and would never answer.
    """
    # what passes is not described: on a long form that takes longer than to find what does not
    options = {"runOnly": run_only, "resultTypes": ["violations"]}
    page.wait_for_load_state("load")  # before, its colours may be those of no style sheet
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("options => axe.run(options).then(found => found.violations)", options)
    return [f"{rule['id']}: {rule['help']}: {[node['target'][0] for node in rule['nodes']]}" for rule in found]


def scrolls_sideways(page: Page) -> bool:
    """Whether the page as it stands is wider than the window, so that a reader must push it to and fro."""
    page.wait_for_load_state("load")  # before, it may be as wide as it is without a style sheet
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def _listen(context: BrowserContext, site: str) -> list[str]:
    complaints: list[str] = []

    def console(message: ConsoleMessage) -> None:
        # a page that answers 404 or 422 on purpose is logged this way too; `answered` tells which are meant
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(f"console: {message.text} ({message.location['url']})")

    def asked(request: Request) -> None:
        if request.url.startswith(("http", "ws")) and urlsplit(request.url).netloc != urlsplit(site).netloc:
            complaints.append(f"request to another host: {request.url}")

    def answered(response: Response) -> None:
        # 422 is how a script of ours is told what is wrong, in a sentence that it shows
        if response.status >= 400 and response.status != 422 and not response.request.is_navigation_request():
            complaints.append(f"{response.status}: {response.url}")

    def failed(request: Request) -> None:
        # a page that is left drops what it still waits for
        if not request.is_navigation_request() and request.failure != "net::ERR_ABORTED":
            complaints.append(f"{request.failure}: {request.url}")

    context.on("console", console)
    context.on("weberror", lambda error: complaints.append(f"script: {error.error}"))
    context.on("request", asked)
    context.on("response", answered)
    context.on("requestfailed", failed)
    return complaints
