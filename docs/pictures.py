"""Pictures of the pages, taken over from those that the tests of the browser keep."""

from __future__ import annotations

import shutil
from pathlib import Path

HERE = Path(__file__).parent
MADE = HERE.parent / "tests" / "artifacts" / "browser"

# Picture of a page: the one that a test keeps at that step.
PICTURES = {
    "dashboard.png": "filters-light-3-top.png",
    "form.png": "read-dark-2-result.png",
    "login.png": "wrong_then_right-light-True-4-round-1.png",
    "watch.png": "while_cells_run-light-1-watching.png",
}


def main() -> None:
    """Copy them; one that is missing ends it."""
    for name, step in PICTURES.items():
        shutil.copyfile(MADE / step, HERE / "images" / name)
        print(f"docs/images/{name}: {step}")


if __name__ == "__main__":
    main()
