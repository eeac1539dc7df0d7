"""What can be proved, by anybody, offline: standard library and cryptography only (DESIGN 2)."""
