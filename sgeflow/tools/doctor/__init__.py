"""The checks of `sgeflow doctor`: certificates, files, servers and the machine."""
