"""Floor 3: how a training job is run, as Amazon States Language in plain data.

Every function gives a dict; nothing here knows the CDK. All state machines use JSONata.
"""
