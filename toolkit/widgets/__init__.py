"""Forms for notebooks: log in, call any function, work the deck, look at recorded calls.

Each is an anywidget: its script and its style are files of this package, nothing is fetched. What
a person types goes to the kernel in messages that no notebook keeps; what a form shows is state,
which notebooks may save. Messages arrive on whatever thread the kernel has at hand: everything
here is safe to call from any of them.
"""

from toolkit.widgets.call import CallForm, form
from toolkit.widgets.dashboards import Dashboard, dashboard
from toolkit.widgets.login import LoginForm
from toolkit.widgets.panel import DeckPanel, deck
from toolkit.widgets.watching import WatchPanel, watch

__all__ = [
    "CallForm", "Dashboard", "DeckPanel", "LoginForm", "WatchPanel", "dashboard", "deck", "form",
    "watch",
]  # fmt: skip
