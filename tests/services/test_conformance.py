"""One contract, and a run of it for every service that comes along."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, strategies as st

from tests.services.subjects.geoop import GeoopSubject
from tests.services.subjects.sertainty import SertaintySubject
from tests.services.subjects.uptivity import UptivitySubject
from tests.services.subjects.xivo import XivoSubject
from toolkit.cassettes.interaction import Failure, Interaction, Request, Response
from toolkit.conformance import Contract
from toolkit.outcomes import Category
from toolkit.services import load
from toolkit.services.base.service import CallRecord

NAMES = sorted(load())
CATEGORIES = {category.value for category in Category}

requests = st.builds(
    Request,
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "", "x y"]),
    st.sampled_from(["http://127.0.0.1:1/", "http://127.0.0.1:1/1.1/users/7", "", "nonsense"])
    | st.text(max_size=40),
    st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), max_size=2),
    st.binary(max_size=60) | st.sampled_from([b"<Request><Function>x</Function></Request>", b"{}"]),
)
responses = st.builds(
    Response, st.integers(100, 599), st.text(max_size=5), st.just([]), st.binary(max_size=60)
)


class TestGeoop(Contract):
    subject = GeoopSubject()


class TestSertainty(Contract):
    subject = SertaintySubject()


class TestUptivity(Contract):
    subject = UptivitySubject()


class TestXivo(Contract):
    subject = XivoSubject()


def test_every_installed_service_is_under_the_contract() -> None:
    """Whatever is installed has a class above."""
    assert {kind.subject.name for kind in Contract.__subclasses__()} >= set(NAMES)


def test_without_pytest() -> None:
    """Where pytest is missing, a sentence says what to install."""
    code = "import sys; sys.modules['pytest'] = None; import toolkit.conformance"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install pytest" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", NAMES)
@given(request=requests, response=st.none() | responses)
def test_nothing_breaks_the_reading_of_traffic(
    name: str, request: Request, response: Response | None
) -> None:
    """Recognising and decoding raise nothing, whatever was recorded; categories are known."""
    service = load()[name]
    assert service.recognises(request) in (True, False)
    failure = None if response else Failure("ReadError", "gone")
    record = service.decode_call(Interaction(request, response, failure))
    assert isinstance(record, CallRecord)
    assert record.category in CATEGORIES
    assert service.task_statuses(Interaction(request, response, failure)) is None


@pytest.mark.parametrize("name", NAMES)
@given(request=requests, response=responses)
def test_redaction_is_stable(name: str, request: Request, response: Response) -> None:
    """What was hidden once stays as it is when it is hidden again."""
    rules = load()[name].rules

    def hide(_: str, secret: str) -> str:
        return secret if secret.startswith("HIDDEN") else f"HIDDEN{len(secret)}"

    once = rules.redact_request(request, hide)
    assert rules.redact_request(once, hide) == once
    assert rules.redact_response(request, response, hide).status == response.status
