"""The konnector in a Cozy: its job, the account, its log lines and its outcomes."""
