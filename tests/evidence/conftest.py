"""Made-up inputs are not timed: a busy machine must not fail a test about bytes."""

from hypothesis import settings

settings.register_profile("evidence", deadline=None)
settings.load_profile("evidence")
