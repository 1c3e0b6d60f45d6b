"""What `sgeflow doctor` makes of facts: of certificates, files, servers and the machine."""
