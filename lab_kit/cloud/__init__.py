"""The local cloud: one server on this machine that AWS's own clients take for AWS."""
