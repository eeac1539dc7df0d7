"""What the applications of all tests of a process share: nearly every test of a page makes one of its own, and most of
that was compiling the same templates and the same addresses anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule


class Templates(BytecodeCache):
    """Compiled once for each text that a template has had."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


_builders: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}


class Address(Rule):
    """A rule of the same words builds its addresses by the same function, whichever application it belongs to."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        words = (self.rule, tuple(self._trace), repr(self.defaults), append_unknown)
        if words not in _builders:
            _builders[words] = super()._compile_builder(append_unknown)
        return _builders[words]


def share() -> None:
    """From now on, in this process."""
    Flask.jinja_options = {"bytecode_cache": Templates()}
    Flask.url_rule_class = Address
