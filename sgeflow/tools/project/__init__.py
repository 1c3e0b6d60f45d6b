"""Creates and validates project folders, and explains codes."""
