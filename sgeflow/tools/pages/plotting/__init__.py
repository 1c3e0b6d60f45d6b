"""Marks of plots, drawn here so that a page needs no library to show them."""
