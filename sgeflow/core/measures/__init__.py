"""What SGE measured: its stamps turned into intervals, and its civil days, months and years."""
