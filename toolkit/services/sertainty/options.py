"""What the guide leaves open, each behind one named option (the sheet's sections 1, 4 and 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from toolkit.services.base.options import changed, check_choices


@dataclass(frozen=True, slots=True)
class Options:
    """How this gateway reads the places where the guide is silent or contradicts itself.

    Attributes
    ----------
    alter_style : {"both", "args", "session"}
        How agentAlter carries the session: as element and argument, as argument only, or as
        element only (guide 4.1 shows and says different things).
    prompt_names : {"echo", "position", "text"}
        How answers are named: the name that came with the prompt and else ``prompt-1`` …;
        always ``prompt-1`` …; or the prompt's own text (guide 4.22).
    template_spelling : {"auto", "templateGetTask", "tempateGetTask"}
        ``auto`` sends the first, on 408 once the second, and remembers which worked (guide 4.36).
    accumulate_answers : bool
        Whether a later round sends the answers of earlier rounds again.
    max_rounds : int
        Rounds of prompts after which the client gives up.
    reopen : bool
        Whether a read whose session was lost opens a new one, once, when answers were given.
    http_method : str
        HTTP method of every request; the guide names none (its section 3 says "TBD").
    content_type : str
        Content type of every request; the guide names none either.
    text_encoding : str
        Encoding of text inside base64.
    ping_timeout : float
        Seconds that agentPing waits. A timeout may mean that the agent is not there (guide 4.4).
    """

    service: ClassVar[str] = "sertainty"
    alter_style: Literal["both", "args", "session"] = "both"
    prompt_names: Literal["echo", "position", "text"] = "echo"
    template_spelling: Literal["auto", "templateGetTask", "tempateGetTask"] = "auto"
    accumulate_answers: bool = False
    max_rounds: int = 10
    reopen: bool = True
    http_method: str = "POST"
    content_type: str = "text/xml; charset=utf-8"
    text_encoding: str = "utf-8"
    ping_timeout: float = 5.0

    def __post_init__(self) -> None:
        check_choices(self)

    @classmethod
    def of(cls, options: Options | None, changes: dict[str, Any]) -> Options:
        """The options with some changed.

        Raises
        ------
        InvalidArgument
            A name that is no option.
        """
        return changed(cls, options, changes)
