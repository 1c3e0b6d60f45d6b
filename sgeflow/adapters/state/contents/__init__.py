"""What the journal keeps of what runs said: bodies, attempts of calls, steps, documents."""
