"""What the API's document promises, held against the API by schemathesis: no answer that it does not describe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from signing.domain.access import Role
from signing.web.app import create_app
from tests import databases
from tests.web.installation import BASE_URL, Clock, House, intake, services_over
from tests.web.test_api import token

EXAMPLES = 12
CHECKS = [
    schemathesis.checks.not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
]  # fmt: skip


@pytest.fixture(scope="module")
def home(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    database = databases.fresh_sqlite(sqlite_template, tmp_path_factory.mktemp("api") / "home")
    house = House(services_over(database, clock := Clock()), clock, database)
    house.account("coordinator@example.org", Role.COORDINATOR)
    yield house
    database.dispose()


def test_every_answer_is_as_described_and_none_is_a_fault_of_ours(home: House) -> None:
    application: Flask = create_app(home.services, intake=intake())
    letter_id = home.opened("Rivers China", "Valley Watch")
    home.approve(letter_id, "Rivers China")
    headers = {"Authorization": f"Bearer {token(home)}", "Host": BASE_URL.split("//")[1]}
    schema = schemathesis.openapi.from_wsgi(
        "/api/openapi.json", application, base_url=f"{BASE_URL}/api/v1", headers=headers
    )
    answers: Counter[int] = Counter()
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(), there=st.booleans())
        def sent(case: schemathesis.Case, there: bool) -> None:
            # Half of them are about a letter that is there, else nothing behind the door would be tried.
            if there and "letter" in (case.path_parameters or {}):
                case.path_parameters["letter"] = letter_id
            answer = case.call(headers=headers)
            answers[answer.status_code] += 1
            case.validate_response(answer, checks=CHECKS)

        sent()
    assert answers[200] + answers[201] >= 10
    assert answers[422]
    assert not [status for status in answers if status >= 500]
