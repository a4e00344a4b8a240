"""The examples are what users write: they are type-checked and run by ``test_examples.py``."""

collect_ignore = ["examples"]
