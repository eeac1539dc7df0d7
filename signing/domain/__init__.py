"""What is allowed: plain dataclasses and transition tables. May import `signing.evidence`, the standard
library and markdown-it (a pure parser); no clock, no files, no framework."""
