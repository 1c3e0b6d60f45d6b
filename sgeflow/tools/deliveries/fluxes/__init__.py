"""The kinds of delivered files: one module a kind, found by its name, its docstring the manual."""
