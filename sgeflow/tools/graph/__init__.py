"""Flows as pictures: charts, drawings, SVGs and pages; and explained values."""
