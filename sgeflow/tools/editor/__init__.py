"""JSON Schemas of a project's own catalogue, for editors."""
