"""What takes long to compile, and is the same in every application of this process: compiled once."""

from collections.abc import Callable

from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule


class Templates(BytecodeCache):
    """Templates."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load a compiled template, if there is one; Jinja checks that its source has not changed."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


def keep_builders() -> None:
    """Let all applications made from now on share what builds their addresses: most of the time of making one.

    It depends on the words of the route alone; the converters it takes from the route that it is called for.
    """
    compiled = Rule._compile_builder
    kept: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}

    def compile_builder(route: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if route.defaults:  # these Werkzeug converts at once
            return compiled(route, append_unknown)
        key = (route.rule, append_unknown, *route._trace)
        if key not in kept:
            kept[key] = compiled(route, append_unknown)
        return kept[key]

    Rule._compile_builder = compile_builder  # type: ignore[method-assign]
