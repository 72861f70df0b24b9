"""The load: a process of its own that plays many clients at once, and verifies every line that they hear."""
