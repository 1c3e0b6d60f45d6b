"""Documents of the simulator: made-up people, and the scenarios in which their world differs."""
