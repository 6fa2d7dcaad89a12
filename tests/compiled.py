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


class Builders:
    """For each route, the functions that build its addresses: most of the time that it takes to make an application.

    They depend on the words of the route alone; the converters they take from the route that they are called for.
    """

    def __init__(self) -> None:
        self.kept: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}
        self.compile = Rule._compile_builder

    def builder(self, route: Rule, append_unknown: bool) -> Callable[..., tuple[str, str]]:
        """Return what Werkzeug compiles for this route."""
        if route.defaults:  # these it converts at once
            return self.compile(route, append_unknown)
        key = (route.rule, append_unknown, *route._trace)
        if key not in self.kept:
            self.kept[key] = self.compile(route, append_unknown)
        return self.kept[key]


def keep_builders() -> None:
    """Let all applications made from now on share the builders of their addresses."""
    builders = Builders()

    def compile_builder(route: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        return builders.builder(route, append_unknown)

    Rule._compile_builder = compile_builder  # type: ignore[method-assign]
