"""The language: YAML text to checked documents, expressions and templates."""
