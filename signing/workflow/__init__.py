"""One function per thing a person does: it opens the unit of work, asks the domain, commits once.
May import `signing.domain`, `signing.evidence` and the standard library; no framework, no clock, no files."""
