"""Looking after what runs have left: whether a state is whole, copies of it, runs given up."""
