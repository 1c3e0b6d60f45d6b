"""A plugin of mypy: `msgspec.structs.replace(value, name=…)` knows the fields of the value."""

from collections.abc import Callable

from mypy.nodes import ARG_NAMED_OPT, ARG_POS
from mypy.plugin import FunctionSigContext, Plugin
from mypy.typeops import bind_self
from mypy.types import CallableType, FunctionLike, Instance, get_proper_type

_REPLACE = "msgspec.structs.replace"


class StructReplace(Plugin):
    """Gives `replace` the keywords of the constructor of its argument, none of them needed."""

    def get_function_signature_hook(
        self, fullname: str
    ) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """The signature of a call, when it is one of `replace`."""
        return _signature if fullname == _REPLACE else None


def _signature(ctx: FunctionSigContext) -> FunctionLike:
    whole = ctx.default_signature
    if not ctx.args or not ctx.args[0]:
        return whole
    value = get_proper_type(ctx.api.get_expression_type(ctx.args[0][0]))
    if not isinstance(value, Instance):
        return whole
    made = value.type.get("__init__")
    init = get_proper_type(made.type) if made else None
    if not isinstance(init, CallableType):
        return whole
    fields = bind_self(init, value)
    return whole.copy_modified(
        arg_types=[value, *fields.arg_types],
        arg_kinds=[ARG_POS, *[ARG_NAMED_OPT] * len(fields.arg_types)],
        arg_names=[None, *fields.arg_names],
        ret_type=value,
        variables=[],
    )


def plugin(_version: str) -> type[Plugin]:
    """What mypy calls."""
    return StructReplace
