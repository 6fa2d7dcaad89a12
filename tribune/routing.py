"""Rules of addresses: links are compiled when first made, and a number that no column of ours can hold is no id."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import werkzeug.routing

from tribune.fields import LARGEST_ID


class Rule(werkzeug.routing.Rule):
    """Werkzeug compiles two functions for each rule, at the start; most pages link to few.

    The method is private. Were it renamed, all would be compiled at the start again.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = cache(partial(super()._compile_builder, append_unknown))

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            return compiled()(rule, **values)

        return build


class RowId(werkzeug.routing.IntegerConverter):
    """`<int:…>` in an address: 404 for numbers that no column of ours can hold."""

    def __init__(self, url_map: werkzeug.routing.Map) -> None:
        super().__init__(url_map, max=LARGEST_ID)
