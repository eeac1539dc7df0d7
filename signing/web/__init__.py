"""Pages for people. May import Flask and its extensions, Jinja, Babel, `signing.workflow`, `signing.domain` and
`signing.evidence`; never `signing.adapters`."""
