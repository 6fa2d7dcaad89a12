"""A real browser: the Chromium of this machine, driven by Playwright; what it reports as errors."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.servers import cannot_run
from tests.threads import LONG

# The headless one first: the others draw a whole window for each visitor, which takes longer than the pages.
NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
# as root there is no sandbox; the others keep Chromium from calling its makers
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
    """Start the browser; skip with a reason if there is none, or it does not start."""
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
    expect.set_options(timeout=1000 * LONG)  # by default five seconds: a busy machine may take them for one page
    yield browser
    browser.close()
    driver.stop()


@contextmanager
def visit(browser: Browser, site: str, *, width: int = DESK, javascript: bool = True) -> Iterator[Page]:
    """Open a page for a new visitor of `site` (its URL; `page.goto` takes paths).

    At the end, fail if the browser reported an error in the console or a script, something the Content-Security-Policy
    blocked, a file of ours that did not load, or a request to another host.
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


def stand_still(page: Page) -> None:
    """From now on the clock of its scripts goes on only as `page.clock` says, however long the machine takes."""
    page.clock.install(time=0)
    page.clock.pause_at(1)


def enter(page: Page, door: str) -> None:
    """Log in by this link, as `small.door` gives it."""
    page.goto(door)
    page.locator("main form button").click()
    page.wait_for_url("**/manage/")


def flaws(page: Page, *, dark: bool = False) -> list[str]:
    """Return what is wrong with the page, at the widths of PHONE and DESK: what axe finds, and sideways scrolling.

    `dark`: also check the contrast in dark mode, at the second width; nothing else differs there.
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
    """Return what axe finds against WCAG 2.2 AA on the page: one line per rule, with the elements.

    Not for a visit without JavaScript: axe is a script, and would never answer.
    """
    # violations only: describing what passes takes longer, on a long form, than finding what does not
    options = {"runOnly": run_only, "resultTypes": ["violations"]}
    page.wait_for_load_state("load")  # before, colours may lack the style sheet
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("options => axe.run(options).then(found => found.violations)", options)
    return [f"{rule['id']}: {rule['help']}: {[node['target'][0] for node in rule['nodes']]}" for rule in found]


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than the window."""
    page.wait_for_load_state("load")  # before, its width may lack the style sheet
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def _listen(context: BrowserContext, site: str) -> list[str]:
    complaints: list[str] = []

    def console(message: ConsoleMessage) -> None:
        # pages that answer 404 or 422 on purpose are logged this way too; `answered` tells them apart
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(f"console: {message.text} ({message.location['url']})")

    def asked(request: Request) -> None:
        if request.url.startswith(("http", "ws")) and urlsplit(request.url).netloc != urlsplit(site).netloc:
            complaints.append(f"request to another host: {request.url}")

    def answered(response: Response) -> None:
        # 422 tells a script of ours what is wrong, in a sentence that it shows
        if response.status >= 400 and response.status != 422 and not response.request.is_navigation_request():
            complaints.append(f"{response.status}: {response.url}")

    def failed(request: Request) -> None:
        # a page that is left aborts its requests
        if not request.is_navigation_request() and request.failure != "net::ERR_ABORTED":
            complaints.append(f"{request.failure}: {request.url}")

    context.on("console", console)
    context.on("weberror", lambda error: complaints.append(f"script: {error.error}"))
    context.on("request", asked)
    context.on("response", answered)
    context.on("requestfailed", failed)
    return complaints
