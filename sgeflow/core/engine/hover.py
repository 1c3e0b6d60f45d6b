"""What an editor shows over an expression: what it may start from, and what it may call."""

from __future__ import annotations

from sgeflow.core.engine.step import Catalog
from sgeflow.core.language.calls import SIGNATURES
from sgeflow.core.language.decode import ENV
from sgeflow.core.language.functions import manual

_ROOTS = """\
**An expression starts from**

- `inputs.NAME`: the flow's inputs
- `steps.ID.OUTPUT`: what a step before has given
- `state.NAME`: what earlier runs remembered
- `env.NAME`: {env}
- `run.id`, `run.today`, `run.now`: this run, its date and time
- `this`: what the step itself gave, in `until`, `poll` and `undo`
- `fault.code`, `fault.message`, `fault.class`: in `on_fault`
- `item`, or the name that `as` gives: one of a `foreach`

Text stands in single quotes, numbers in backticks: `'C5'`, `` `7` ``.
And is `&&`, or is `||`, not is `!`.
"""


def expressions(catalog: Catalog) -> str:
    """The page in Markdown: roots, sgeflow's functions with their manual, JMESPath's by name."""
    settings = (one.settings for one in catalog.environments.values())
    names = [*ENV.fields, *sorted({name for each in settings for name in each} - set(ENV.fields))]
    own = manual()
    lines = [f"- {' '.join(text.split())}" for text in own.values()]
    others = ", ".join(f"`{name}()`" for name in sorted(set(SIGNATURES) - set(own)))
    env = ", ".join(f"`{name}`" for name in names)
    functions = "\n".join(lines)
    return f"{_ROOTS.format(env=env)}\n**Functions**\n\n{functions}\n- JMESPath's: {others}"
