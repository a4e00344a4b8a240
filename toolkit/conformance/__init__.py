"""The contract of a service, as tests that run over any: those that come along, and one's own.

A plugin's author gives a :class:`Subject`, which says what no test can know of a service, and
derives a class of tests from :class:`Contract`::

    import toolkit.conformance
    from mypackage.subject import MySubject

    class TestMyService(toolkit.conformance.Contract):
        subject = MySubject()

``pytest`` does the rest. The service is found by its entry point, as everything else finds it.
"""

from __future__ import annotations

try:
    import pytest
except ImportError:
    raise ImportError("pytest runs the contract of a service: pip install pytest") from None

# Before its modules are imported: a failed assertion then shows the values.
pytest.register_assert_rewrite(__name__)

from toolkit.conformance.contract import Contract  # noqa: E402
from toolkit.conformance.subject import Said, Sample, Subject, sample  # noqa: E402

__all__ = ["Contract", "Said", "Sample", "Subject", "sample"]
