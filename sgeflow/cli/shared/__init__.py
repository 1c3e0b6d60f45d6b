"""Parts that commands share: options, arguments, results, signals, usage errors."""
