"""The verbs of the language, one file a verb; the file's name is the verb."""
