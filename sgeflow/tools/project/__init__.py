"""A project folder as a whole: made, validated, its codes explained."""
