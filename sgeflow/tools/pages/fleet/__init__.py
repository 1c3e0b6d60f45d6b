"""The page of a fleet: who has to do what, how fast it was, which days its points have."""
