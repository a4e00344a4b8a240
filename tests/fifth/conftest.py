"""What lies here is a distribution of its own: only the test that adds it is of this tree."""

collect_ignore = ["faulty.py", "lending", "server.py", "subject.py", "test_contract.py"]
