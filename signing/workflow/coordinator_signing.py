"""Who signs for the coordinator: the key the service may hold, or one that only the coordinator has (EVIDENCE 4.3)."""

from __future__ import annotations

from signing.domain.errors import Refusal
from signing.workflow.ports import Services, Signer


class CoordinatorMustSign(Refusal):
    """The service holds no coordinator's key, so it cannot sign this alone."""

    code = "coordinator-must-sign"


def service_signer(services: Services) -> Signer:
    """The coordinator's key that the service holds. Raises CoordinatorMustSign when it holds none."""
    if services.coordinator is None:
        raise CoordinatorMustSign(
            "This service holds no coordinator's key. Sign with your own key: on the page, or with the command line."
        )
    return services.coordinator
