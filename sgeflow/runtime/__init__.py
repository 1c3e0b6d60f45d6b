"""A run in the world: where the core, the steps and the adapters meet."""
