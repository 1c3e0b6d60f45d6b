"""Regular expressions that are compiled at their first use, because a start needs few of them."""

import re
from typing import Any, AnyStr, cast


class _LatePattern:
    """Stands for a `re.Pattern`, and takes over each of its methods at the first use."""

    def __init__(self, *source: Any) -> None:
        self._source = source

    def __getattr__(self, name: str) -> Any:
        own = getattr(re.compile(*self._source), name)  # `re` caches compiled patterns
        if not name.startswith("__"):
            setattr(self, name, own)
        return own


def regex(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return a pattern that is compiled at its first use; errors in it appear then."""
    return cast("re.Pattern[AnyStr]", _LatePattern(source, flags))
