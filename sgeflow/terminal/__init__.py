"""Output for people and programs: streams, layout, progress, reports, problems, descriptions."""
