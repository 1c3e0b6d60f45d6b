"""What stands between a command and its run or fleet: how it is begun, followed and ended."""
