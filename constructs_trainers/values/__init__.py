"""Floor 0: tokens, AWS names and how a value is shown.

S3 URIs, ARNs and names of jobs are taken apart and checked here and nowhere else. Knows neither
AWS nor CDK; every other folder may import it.
"""
