"""What people who mean harm type, and what their programs send."""

# As bytes, because a browser that means harm is bound by no encoding.
TYPED = {
    "NUL": b"Zo\0e",
    "only NUL": b"\0",
    "controls": bytes(range(1, 32)) + b"\x7f\xc2\x80\xc2\x9f",
    "half a character": b"Zo\xed\xa0\x80e",
    "not UTF-8": b"Zo\xff\xfe\xe9",
    "never assigned": "Zo\ufdd0\uffff\U0001ffffe".encode(),
    "turned around": "\u202egnp.eoZ\u2066".encode(),
    "zero width": "Z\u200bo\u2060e\ufeff".encode(),
    "blank letter": "\u3164\u115f".encode(),
    "script": b"<script>alert(1)</script>",
    "attribute": b"\" autofocus onfocus='alert(1)' x=\"",
    "formula": b'=HYPERLINK("http://x";A1)',
    "command": b"@SUM(1+1)*cmd|' /C calc'!A0",
    "quotes": b"'; DROP TABLE letters; -- %_\\",
    "tower of marks": ("Z" + "\u0301\u0323" * 50).encode(),
    "ligatures": ("\ufdfa" * 100).encode(),
    "emoji": "👩‍👩‍👧‍👦".encode(),
    "line ends": b"Zoe\r\nBcc: eve@example.org\n\nx",
    "big number": b"9223372036854775808",
    "a little too long": b"x" * 20_000,
}
NUMBERS = [
    *(b"0", b"-1", b"1", b"2147483648", b"9223372036854775807", b"9223372036854775808", b"9" * 400, b"9" * 5000),
    *(b"1.5", b"1e309", b"NaN", b"0x10", b"1_000", "²".encode(), "٣".encode(), b" 1", b"+1", b"true", b"null", b"[]"),
]
DATES = [
    *(b"0000-00-00", b"0001-01-01", b"9999-12-31", b"10000-01-01", b"2026-02-30", b"-2026-01-01", b"2026-13-01"),
    *(b"0001-01-01T00:00", b"9999-12-31T23:59", b"2026-03-29T02:30", b"24:00", b"99:99", b"2026-W01"),
]
WORDS = [*TYPED.values(), *NUMBERS, *DATES, b"", b" ", b"%", b"%s%n", b"{{7*7}}", b"../../etc/passwd", b"//evil.test"]
# What a page may be asked by; most are read by some view.
ARGUMENTS = """
    q organisation after order lang delimiter next status state page tick ids person reminder verb all by said removed
    kind cleared_at names moved how pass purpose key since until domain network name category columns endpoint _scheme
    _anchor _external _method slug letter_id token
""".split()
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "X" * 50, "CONNECT"]
HEADERS = """
    Origin Sec-Fetch-Site Accept-Language If-None-Match Referer Cookie Content-Type Range If-Modified-Since If-Range
    Accept Accept-Encoding Accept-Charset Authorization User-Agent X-Forwarded-For X-Forwarded-Proto X-Request-ID
    X-HTTP-Method-Override Forwarded Content-Encoding Upgrade Cache-Control Date X-CSRFToken Content-Language Host
""".split()
# Of headers, in the one byte a character that HTTP has.
STRANGE = """
    \x80\xff http://[ http://]:x ;;;,,, q=9e999 * fr;q=x null bytes=0-0,-1 bytes=9999999999999999999- W/"x",\x20"
    multipart/form-data;boundary= text/plain;charset=none application/json;charset=utf-7 gzip,br -1 Basic\t==
    tribune_organiser=.eJ.x.y;\xa0a=" =;=;= %00 fr-\xed\xa0\xbd-x 99
""".split()
STRANGE += ["", "x" * 5000, '"' * 99, "aa-" * 500, "Thu, 99 Foo 0000 99:99:99 GMT"]
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
KINDS = [  # of bodies, by Content-Type
    *(URLENCODED, f"{URLENCODED}; charset=utf-16", "application/json", MULTIPART, f"{MULTIPART}; boundary=x"),
    *(f"{MULTIPART}; boundary=\xe9", "text/plain", "x"),
]
A_PART = b'--x\r\nContent-Disposition: form-data; name="email"'
BODIES = [
    *(b"", b"\0\xff", b"[" * 5000, b'{"a":' * 5000, b"]" * 100, b'"\\ud800"', b'{"id":"\\udc00","x":1e400}', b"NaN"),
    *(b"&" * 5000, b"=" * 5000, b"a=1&" * 1500, b"%", b"%zz=%", b"a[b][c]=1", b"lang=\0", b"-0", b"1" * 5000, b"null"),
    *(b"--x--\r\n", b"--x\r\n" * 200, b"--x\r\n\r\n--x", A_PART, A_PART + b"\r\n\r\n\0"),
    A_PART + b'; filename="\0/../\xff"\r\nContent-Type: \xff\r\n\r\nGIF89a\r\n--x--',
    *(b'{"answer":{"type":"public-key","rawId":[],"response":{}}}', b'{"answer":{"id":"\\ud800"}}', b'{"answer":[1]}'),
    *(b'{"answer":{"id":"x","rawId":"x","response":null,"type":1}}', b'{"name":{},"answer":{"id":1}}', b"[[[1]]]"),
]
