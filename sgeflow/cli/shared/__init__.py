"""What the commands share: options, arguments, results, the edge of the command line."""
