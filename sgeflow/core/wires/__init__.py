"""What any wire shares: its protocol, what a reply repeats, refusals, and output paths."""
