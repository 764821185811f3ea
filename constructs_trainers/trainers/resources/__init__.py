"""What is made for a trainer: role, bucket, group, asset, machine, stopper, rules."""
