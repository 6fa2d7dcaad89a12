"""Settings of one site. Copy to config.py in this folder, or set TRIBUNE_NAME in the environment, which wins.

In the environment, write a list with commas, without brackets or quotes: TRIBUNE_ADMINISTRATORS=a@example.org,b@example.org.

Restart the site after a change. Lines that are commented out show the default. tribune/config.py says what each setting means.
"""

# Required in production: a long random text, `python3 -c "import secrets; print(secrets.token_hex(32))"`.
SECRET_KEY = ""
# To change the key, move the old one here and leave it: *My signature*, *no more mail*, invitations and private links do not
# expire, and those signed with the old key need it. Never move a key here that somebody else has seen.
# SECRET_KEY_FALLBACKS = []

# Required in production: the address of the site, such as "https://letters.example.org". Every link in a mail starts with
# it; other hosts are refused.
PUBLIC_URL = ""

# SQLALCHEMY_DATABASE_URI = "sqlite:////…/instance/tribune.sqlite"
# SQLALCHEMY_DATABASE_URI = "postgresql://tribune@localhost/tribune"

# Without a server, mails are kept as files in instance/mailbox/ and nobody receives them. Once you have a server, delete that
# folder: its mails name people, and their links open pages.
MAIL_SERVER = "smtp.example.org"
MAIL_PORT = 587
MAIL_USERNAME = ""
MAIL_PASSWORD = ""
MAIL_USE_TLS = True
# MAIL_USE_SSL = False
# An address that this server lets you send from, such as "tribune@example.org" or "Les Amis <tribune@example.org>". What its
# domain needs so that mails are not taken for spam: docs/deploy.md, "Mail".
MAIL_DEFAULT_SENDER = ""

# Signs returned mails that are handed over by the web. Without it, that address does not exist: docs/deploy.md, "Bounces".
# BOUNCES_SECRET = ""

# Whether the web process also sends the mails: False if `flask outbox deliver` runs in a separate process.
# MAIL_WORKER = True

# After how many days people who have not confirmed are reminded, once: 1 to 5; 0 reminds nobody.
# REMINDER_DAYS = 3

# How many proxies in front of the site pass on readers' addresses: 1 with deploy/nginx.conf, behind a CDN too. With 0, no
# forwarded address is believed.
# TRUSTED_PROXIES = 0

# Whether to limit what one network may send: False behind a proxy that already does.
# RATELIMITS = True
# Where that is counted; by default in the database.
# RATELIMIT_STORAGE_URI = "redis://localhost:6379/0"

# Who may have an account: with "invitation", people added by `flask organisers add` or invited into a team; with "open",
# anybody, by a mailed link.
# REGISTRATION = "invitation"

# Who runs the site and who hosts it, for the legal notice (/legal), the privacy notice, reports and security.txt. A file
# notices/fr/legal.md (or en, or privacy, or records) in this folder replaces the text that comes with the software.
OPERATOR = ""
OPERATOR_ADDRESS = ""
OPERATOR_CONTACT = ""
HOSTING = ""

# How far the site meets the RGAA, if it owes a declaration of accessibility: "no", "partly" or "fully". The foot of each
# page says so, with a link to the declaration. You make that yourself; docs/accessibility.md may be a start.
# ACCESSIBILITY = "partly"
# ACCESSIBILITY_PAGE = "https://www.example.org/accessibility"

# Addresses of organisers who administer the site at /manage/site: its state, signing, the banner, letters taken down.
# ADMINISTRATORS = ["you@example.org"]
# The token that opens /metrics, sent as `Authorization: Bearer …`: at least 16 characters. If empty, nobody can read it.
# METRICS_TOKEN = ""
# Database statements that take at least this many milliseconds are logged, without their values; 0 logs none.
# SLOW_STATEMENT_MS = 200
# How many requests one process answers at once. `flask serve` obeys it; give any other server the same number.
# THREADS = 8
