"""What machines do: databases, mail, key files, sorting, typesetting. May import `workflow`, `domain`, `evidence`
and, each in its own room, one heavy library; never `signing.web`."""
