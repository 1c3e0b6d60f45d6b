"""Mail through a relay, over SMTP: a message made of a request, and a session that sends it."""
