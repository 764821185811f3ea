"""The errors an execution can end with. Fixed: users' own workflows catch them by name."""

INVALID_EXECUTION_INPUT = "InvalidExecutionInput"
TRAINING_JOB_REJECTED = "TrainingJobRejected"
TRAINING_JOB_FAILED = "TrainingJobFailed"
TRAINING_JOB_STOPPED = "TrainingJobStopped"
TRAINING_JOB_TIMED_OUT = "TrainingJobTimedOut"
