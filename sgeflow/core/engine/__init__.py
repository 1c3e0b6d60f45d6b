"""The engine: evaluates flows, steps and calls as scripts of effects."""
