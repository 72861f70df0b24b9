"""The bench: chatkit's engines side by side with other servers, under a load that verifies every line."""
