"""The engine: effects, scripts, and how flows, steps and calls are evaluated."""
