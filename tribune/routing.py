"""Rules of addresses, whose links are compiled when first made."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import werkzeug.routing


class Rule(werkzeug.routing.Rule):
    """Werkzeug compiles two functions for each rule, at the start; most pages link to few.

    The method is private. Were it renamed, all would be compiled at the start again.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = cache(partial(super()._compile_builder, append_unknown))

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            return compiled()(rule, **values)

        return build
