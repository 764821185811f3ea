"""What the roles of a job and of its machine must be allowed, read off the request."""
