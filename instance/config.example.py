"""Settings of one site. Copy to config.py in this folder, or set TRIBUNE_NAME in the environment, which wins.

They are read when the site starts: restart it after a change. What is commented out shows its default. The meaning of each
stands in tribune/config.py.
"""

# Required in production: a long random text, `python3 -c "import secrets; print(secrets.token_hex(32))"`.
SECRET_KEY = ""
# To change it, move the old one here, and leave it: *My signature*, *no more mail*, invitations and private links have no
# end, and those that it signed open nothing without it. One that somebody has seen is not moved here.
# SECRET_KEY_FALLBACKS = []

# Required in production: where readers find the site. Every link in a mail starts with it; other hosts are refused.
# "https://letters.example.org", say.
PUBLIC_URL = ""

# SQLALCHEMY_DATABASE_URI = "sqlite:////…/instance/tribune.sqlite"
# SQLALCHEMY_DATABASE_URI = "postgresql://tribune@localhost/tribune"

# Without a server, mails are kept as files in instance/mailbox/ and nobody receives them. Once there is one, delete that
# folder: its mails name people, and their links open pages.
MAIL_SERVER = "smtp.example.org"
MAIL_PORT = 587
MAIL_USERNAME = ""
MAIL_PASSWORD = ""
MAIL_USE_TLS = True
# MAIL_USE_SSL = False
# "tribune@example.org" or "Les Amis <tribune@example.org>", say: an address that this server lets you send from.
MAIL_DEFAULT_SENDER = ""

# What comes back can be handed over by the web, signed with this: see docs/deploy.md. Without it there is no such address.
# BOUNCES_SECRET = ""

# Off where `flask outbox deliver` runs in a process of its own.
# MAIL_WORKER = True

# After how many days who signed and has not confirmed is asked once more, 1 to 5; 0 asks nobody.
# REMINDER_DAYS = 3

# How many proxies stand in front of the site; 0 believes no forwarded address.
# TRUSTED_PROXIES = 0

# What one network may send is limited; off behind a proxy that limits already.
# RATELIMITS = True
# Where that is counted: by default the database.
# RATELIMIT_STORAGE_URI = "redis://localhost:6379/0"

# Who may make an account: "invitation", by `flask organisers add` or a team that invites; "open", anybody by mail.
# REGISTRATION = "invitation"

# Who runs the site and who hosts it, for the legal notice (/legal), the privacy notice, reports and security.txt. A file
# notices/fr/legal.md (or en, or privacy, or records) in this folder replaces the text that the software has.
OPERATOR = ""
OPERATOR_ADDRESS = ""
OPERATOR_CONTACT = ""
HOSTING = ""

# Organisers who see how the whole site is (/manage/site), pause signing there and put up a banner: their addresses.
# ADMINISTRATORS = ["you@example.org"]
# Who sends this as `Authorization: Bearer …` reads /metrics, as Prometheus does: 16 characters at least. Empty: nobody.
# METRICS_TOKEN = ""
# From how many milliseconds on a statement of the database is written in the log, without its values; 0 never.
# SLOW_STATEMENT_MS = 200
# How many requests one process answers at once: `flask serve` obeys; tell a server of your own the same number.
# THREADS = 8
