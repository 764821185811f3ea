"""What CreateTrainingJob is sent, and what the API's model says of it."""
