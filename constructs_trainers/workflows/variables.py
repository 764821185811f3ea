"""The workflow variables that states hand to each other, with their leading ``$``."""

REQUEST = "$request"
"""The CreateTrainingJob request without TrainingJobName, as reviewed."""

VIOLATIONS = "$violations"
"""What is wrong with the execution's input: an array of texts."""

ATTEMPT = "$attempt"
"""Number of the job within the execution, from 1."""

REDRIVES = "$redrives"
"""How often the execution had been redriven when its job was created."""

THROTTLED = "$throttled"
"""How often in a row the request was throttled."""

REJECTION = "$rejection"
"""The error output of the last CreateTrainingJob that was refused."""

JOB_NAME = "$jobName"
"""The name of the job that was created."""

JOB = "$job"
"""What DescribeTrainingJob said last."""

EXECUTION_INPUT = "$states.context.Execution.Input"
"""The execution's input, in any state."""
