"""What the sealed PDF's parts are called; imports nothing."""

from typing import Final

FIELD: Final = "Seal"
ATTACHMENT: Final = "evidence.zip"
DESCRIPTION: Final = "The evidence: who approved these words, and the log that proves it."
