"""Tools that are built on the runner: a package for each."""
