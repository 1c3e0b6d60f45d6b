"""Measures of meters: stamps turned into intervals, and sums of civil days, months and years."""
