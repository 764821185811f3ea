"""Floor 2: what SageMaker is asked for, as plain data, and the checks it is held against."""
