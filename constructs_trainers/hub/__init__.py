"""What SageMaker's hub says, and the lock file it is written to.

Used by the command line only, never at synthesis. boto3 is imported where the first call is made.
"""
