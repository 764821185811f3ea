"""Every message of the library in one place: what is given, and the whole of what is said.

A line that goes on below is indented far more there; after a backslash it goes on without a space.
``N`` is a size that other work may change. What no row shows is in ``NOT_SHOWN``.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn

import constructs_trainers as ct
from constructs_trainers.errors import ConstructsTrainersError
from constructs_trainers.jobs.evaluators.judge_models import reward_model_problems
from constructs_trainers.jobs.evaluators.reward_functions import reward_function_problems
from constructs_trainers.jobs.request.check import request_problems
from constructs_trainers.jobs.request.tags import normalise_tags
from constructs_trainers.recipes.data_mixing import data_mixing_problems
from constructs_trainers.recipes.hyperparameters import run_value_problems
from constructs_trainers.recipes.layers import mapping_layer, recipe_file_layer
from constructs_trainers.recipes.lock import RecipeLock
from constructs_trainers.recipes.locked_models import LockedModel, LockedRecipe
from constructs_trainers.recipes.node_count import agreed_count
from constructs_trainers.recipes.recipe_file import RecipeFile
from constructs_trainers.recipes.resolve import RecipeProps, RecipeRequest
from constructs_trainers.recipes.reward_prompts import reward_prompt
from constructs_trainers.recipes.selection import SelectedRecipe, type_problem
from constructs_trainers.recipes.spec import OverrideSpec
from constructs_trainers.recipes.yaml_file import parse_yaml, parse_yaml_value
from constructs_trainers.values import s3
from constructs_trainers.values.arns import ROLE, arn_problems
from tests.support.hub_locks import lock_document
from tests.support.many_trainers import own_instances
from tests.support.resolving import NUMBER_TOKEN, STRING_TOKEN, resolve
from tests.support.small_hub import MODEL, SPEC, TEMPLATE, small_hub
from tests.support.trainers import DATA, Hub, TrainerMaker, one_technique
from tests.support.written_messages import written_messages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PACKAGE = Path(ct.__file__).parent
ROOMS = ("trainers", "jobs", "recipes", "values")
SAGEMAKER = "arn:aws:sagemaker:us-west-2:123456789012"
MODEL_ARN = f"{SAGEMAKER}:hub-content/Hub/Model/m/1.0.0"
TOPIC = "arn:aws:sns:us-west-2:123456789012:jobs"
LAMBDA = "arn:aws:lambda:us-west-2:123456789012:function:reward"
RUN_JOB = sfn.IntegrationPattern.RUN_JOB
MIX = ct.DataMixingConfig(customer_data_percent=50, nova_data_percentages={"code": 100})
OVERRIDES = ct.RuntimeOverrides


# What people write as a trainer's props, for a serverless job.
PROPS: dict[str, tuple[dict[str, Any], str]] = {
    "a value of the wrong type": (
        {"training_dataset": 5},
        """
        training_dataset: has the wrong type
            got:     int 5
            allowed: text, an S3DataSource, a FileSystemDataSource or a DatasetSource
        """,
    ),
    "a dict in place of a group": (
        {"networking": {"subnets": ["subnet-1"]}},
        """
        networking: has the wrong type
            got:     dict {'subnets': ['subnet-1']}
            allowed: a Networking
            fix:     write Networking(subnets=...)
        """,
    ),
    "no data": (
        {"training_dataset": None},
        """
        training_dataset: is required
            fix:     give an S3 URI or the ARN of a hub DataSet
        """,
    ),
    "no model": (
        {"model": ""},
        """
        model: must be known when the app is synthesized: its recipe is looked up
            got:     ''
            allowed: the hub's name of a model; a model package's ARN, or a CfnModelPackage; the
                    S3 URI of a checkpoint; or another trainer
        """,
    ),
    "a model that the lock does not hold": (
        {"model": "tiny-modell"},
        """
        model (recipes.lock.json): the model is not in the lock file
            got:     'tiny-modell'
            allowed: tiny-model
            fix:     did you mean 'tiny-model'? Otherwise: constructs-trainers hub pull --model
                    tiny-modell --region us-west-2
        """,
    ),
    "a model that only the deployment knows": (
        {"model": STRING_TOKEN},
        """
        model: is only known at deployment, and its recipe is looked up at synthesis
            allowed: the hub's name of a model; a model package's ARN, or a CfnModelPackage; the
                    S3 URI of a checkpoint; or another trainer
            fix:     for a model package, give base_model_name, the hub's name of the model that
                    it was trained from
        """,
    ),
    "a model package alone": (
        {"model": f"{SAGEMAKER}:model-package/chat/1"},
        """
        base_model_name: is needed beside a model package or checkpoint: synthesis looks nothing up
            fix:     give base_model_name, the hub's name of the model that it was trained from
        """,
    ),
    "a model package of a model that is not known yet": (
        {"model": f"{SAGEMAKER}:model-package/chat/1", "base_model_name": STRING_TOKEN},
        """
        base_model_name: must be known when the app is synthesized: its recipe is looked up
        """,
    ),
    "a base model beside a model of the hub": (
        {"base_model_name": MODEL},
        """
        base_model_name: has no effect: 'model' names the base model already
            fix:     leave it out
        """,
    ),
    "a checkpoint in S3": (
        {"model": f"{DATA}/", "base_model_name": MODEL},
        """
        model: a serverless job cannot start from a checkpoint in S3
            got:     's3://amzn-s3-demo-bucket/train.jsonl/'
            allowed: the hub's name of a model, a model package, or another trainer
            fix:     give compute=TrainingJobCompute(...), or a model package
        """,
    ),
    "a training type in small letters": (
        {"training_type": "full"},
        """
        training_type: unknown training type
            got:     'full'
            allowed: LORA, FULL
            fix:     did you mean 'FULL'?
        """,
    ),
    "a recipe of a serverless job": (
        {"recipe_name": "tiny-lora"},
        """
        recipe_name: is for own instances: the service chooses a serverless job's recipe
            got:     'tiny-lora'
            fix:     leave it out, and give sequence_length; or give compute=TrainingJobCompute(...)
        """,
    ),
    "a length without its letter": (
        {"sequence_length": "4096"},
        """
        sequence_length: must be a number of 1,024 tokens and the letter K
            got:     '4096'
            allowed: such as '4K'
            fix:     write '4K'
        """,
    ),
    "a length that no recipe has": (
        {"sequence_length": "16K"},
        """
        sequence_length: 'tiny-model' has no SFT recipe of this length for LORA
            got:     '16K'
            allowed: 4K, 8K
        """,
    ),
    "an unknown hyperparameter": (
        {"hyperparameters": {"learning_rat": 1e-4}},
        """
        hyperparameters.learning_rat: unknown hyperparameter
            got:     'learning_rat'
            allowed: name, learning_rate, max_epochs, scheduler, chat_template
            fix:     did you mean 'learning_rate'?
        """,
    ),
    "a hyperparameter below its minimum": (
        {"hyperparameters": {"max_epochs": 0}},
        """
        hyperparameters.max_epochs: below the minimum 1
            got:     0
            allowed: 1 to 100
        """,
    ),
    "a hyperparameter above its maximum": (
        {"hyperparameters": {"max_epochs": 101}},
        """
        hyperparameters.max_epochs: above the maximum 100
            got:     101
            allowed: 1 to 100
        """,
    ),
    "a number as text": (
        {"hyperparameters": {"learning_rate": "1e-4"}},
        """
        hyperparameters.learning_rate: must be a number
            got:     '1e-4' (str)
            allowed: a number, 1e-07 to 0.001
            fix:     write the number without quotes
        """,
    ),
    "a value that the recipe does not list": (
        {"hyperparameters": {"scheduler": "cosin"}},
        """
        hyperparameters.scheduler: not one of the values that the recipe allows
            got:     'cosin'
            allowed: one of 'cosine', 'constant'
            fix:     did you mean 'cosine'?
        """,
    ),
    "a value that a prop gives": (
        {"hyperparameters": {"data_path": "s3://x"}},
        """
        hyperparameters.data_path: 'data_path' is not a value that a layer may set
            got:     's3://x'
            fix:     give it with the trainer's prop 'training_dataset'
        """,
    ),
    "characters of a hyperparameter": (
        {"hyperparameters": {"name": "a;b"}},
        """
        run.name (hyperparameters): has characters that a hyperparameter may not have: ;
            got:     'a;b'
            allowed: letters, digits, spaces and / _ . : , - ' " [ ]; or a Jinja template
        """,
    ),
    "a key that the recipe lacks": (
        {"overrides": {"training_config": {"max_lenn": 1}}},
        """
        overrides.training_config.max_lenn: the recipe has no such key
            got:     'training_config.max_lenn'
            fix:     did you mean 'training_config.max_len'?
        """,
    ),
    "a list in a serverless job": (
        {"overrides": {"training_config": {"optim": {"betas": [0.8, 0.9]}}}},
        """
        betas: a serverless job takes hyperparameters as text, and a list is not text
            got:     [0.8, 0.9]
            allowed: text, numbers, true and false
            fix:     leave it at the hub's value
        """,
    ),
    "a recipe that is a token": (
        {"recipe": STRING_TOKEN},
        """
        recipe: must be known when the app is synthesized, not a token
            got:     '${Token[A.12]}'
            allowed: a path to a YAML file
        """,
    ),
    "a recipe without a name": (
        {"recipe": ""},
        """
        recipe: is empty
            got:     ''
            allowed: a path to a YAML file
        """,
    ),
    "a recipe of the network": (
        {"recipe": "s3://bucket/recipe.yaml"},
        """
        recipe: must be a local file: synthesis reads nothing from the network
            got:     's3://bucket/recipe.yaml'
            allowed: a path to a YAML file
            fix:     download the recipe, review it, and commit it beside the app
        """,
    ),
    "a recipe that is not there": (
        {"recipe": "no-such.yaml"},
        """
        no-such.yaml: recipe file not found
            fix:     check the path
        """,
    ),
    "a lock that is a token": (
        {"recipe_lock": STRING_TOKEN},
        """
        recipe_lock: must be known when the app is synthesized
            got:     '${Token[A.12]}'
            allowed: a path, such as recipes.lock.json
        """,
    ),
    "a lock without a name": (
        {"recipe_lock": ""},
        """
        recipe_lock: is no path
            got:     ''
            allowed: a path, such as recipes.lock.json
        """,
    ),
    "a lock that is not there": (
        {"recipe_lock": "no-such.lock.json"},
        """
        no-such.lock.json (no-such.lock.json): lock file not found
            fix:     constructs-trainers hub pull --model MODEL --region REGION
        """,
    ),
    "an output that is no S3 URI": (
        {"s3_output_path": "out"},
        """
        s3_output_path: is not an S3 URI
            got:     'out'
            allowed: s3://<bucket>/<key>
        """,
    ),
    "an output twice": (
        {"s3_output_path": DATA, "output_data_config": ct.OutputDataConfig()},
        """
        s3_output_path: cannot be given together with output_data_config
            fix:     keep one of the two
        """,
    ),
    "a slash at the end of an output": (
        {"output_data_config": ct.OutputDataConfig(prefix="models/")},
        """
        output_data_config.prefix: has a slash at an end
            got:     'models/'
            fix:     write 'models'
        """,
    ),
    "a prefix without its bucket": (
        {"training_dataset": ct.S3DataSource(prefix="data")},
        """
        training_dataset.prefix: has no bucket
            fix:     give the bucket it is in
        """,
    ),
    "a slash at the start of a prefix": (
        {"training_dataset": ct.S3DataSource(s3_uri=DATA, prefix="/data")},
        """
        training_dataset.prefix: cannot be given together with s3_uri
            fix:     keep one of the two
        training_dataset.prefix: starts with a slash, which would be part of the key
            got:     '/data'
            fix:     write 'data'
        """,
    ),
    "a source without data": (
        {"training_dataset": ct.S3DataSource()},
        """
        training_dataset: names no data
            fix:     give s3_uri, or bucket and prefix
        """,
    ),
    "a source without a file system": (
        {
            "training_dataset": ct.FileSystemDataSource(
                file_system_type="EFS", directory_path="/data"
            )
        },
        """
        training_dataset: names no file system
            fix:     give file_system or file_system_id
        """,
    ),
    "a channel that is there already": (
        {"input_data_config": [ct.Channel(channel_name="train", data_source=DATA)]},
        """
        input_data_config[0].channel_name: the channel is there already: training_dataset gives it
            got:     'train'
            fix:     keep one of the two
        """,
    ),
    "a channel of validation data twice": (
        {"input_data_config": [ct.Channel(channel_name="validation", data_source=DATA)] * 2},
        """
        input_data_config[1].channel_name: the channel is there already: given twice
            got:     'validation'
            fix:     keep one of the two
        """,
    ),
    "a role by its name": (
        {"role": "MyRole"},
        """
        role: is a role's name where its ARN is needed
            got:     'MyRole'
            allowed: arn:<partition>:iam::<account>:role/<name>
            fix:     write arn:aws:iam::<account>:role/MyRole, or give the role itself
        """,
    ),
    "a name for jobs that they cannot have": (
        {"base_job_name": "no spaces please"},
        """
        base_job_name: cannot be part of a training job's name
            got:     'no spaces please'
            allowed: letters, digits, hyphens and underscores, with a letter or digit at each end
            fix:     write 'no-spaces-please'
        """,
    ),
    "a group that cannot be": (
        {"model_package_group": "bad_name"},
        """
        model_package_group: is neither the name nor the ARN of a model package group
            got:     'bad_name'
            allowed: a name of 1 to 63 letters, digits and inner hyphens, or
                    arn:<partition>:sagemaker:<region>:<account>:model-package-group/<name>
        """,
    ),
    "a key that cannot be": (
        {"kms_key_id": "no key"},
        """
        kms_key_id: is no key of KMS
            got:     'no key'
            allowed: a key's id, alias/<name>, or the ARN of a key or an alias
        """,
    ),
    "tracking without its server": (
        {"mlflow_run_name": "run"},
        """
        mlflow_run_name: has no effect without mlflow_resource_arn
            got:     'run'
            fix:     give mlflow_resource_arn too, or leave this out
        """,
    ),
    "tags that are none": (
        {"tags": 5},
        """
        tags: are not tags
            got:     5
            allowed: a mapping {"team": "nlp"}, or a list of {"Key": "team", "Value": "nlp"}
        """,
    ),
    "a tag that is none": (
        {"tags": ["team"]},
        """
        tags[0]: is not a tag
            got:     'team'
            allowed: a mapping {"team": "nlp"}, or a list of {"Key": "team", "Value": "nlp"}
        """,
    ),
    "a tag's value that is no text": (
        {"tags": {"team": 5}},
        """
        tags.team: a tag's value must be text
            got:     5
            allowed: a string
            fix:     write it as text: '5'
        """,
    ),
    "too many tags": (
        {"tags": {f"key{n}": "value" for n in range(48)}},
        """
        tags: has too many tags: 48 of the user's
            got:     51 in all
            allowed: 47 of the user's: a job takes 50, and 3 are set beside them
        """,
    ),
    "a tag of AWS's": (
        {"tags": {"aws:mine": "value"}},
        """
        tags[0].Key: starts with aws:, which is reserved for AWS's own tags
            got:     'aws:mine'
            allowed: a key that does not start with aws:
        """,
    ),
    "a time below a second": (
        {"stopping_condition": ct.StoppingCondition(max_runtime_in_seconds=0)},
        """
        stopping_condition.max_runtime_in_seconds: is out of range
            got:     0
            allowed: a whole number, at least 1
        """,
    ),
    "a network that is none": (
        {"networking": ct.Networking()},
        """
        networking.vpc: names no network
            fix:     give a vpc, or subnets and security_group_ids
        """,
    ),
    "subnets without security groups": (
        {"networking": ct.Networking(subnets=["subnet-1"])},
        """
        networking.security_group_ids: subnets and security groups go together
            fix:     give a vpc, or subnets and security_group_ids
        """,
    ),
    "a selection without a VPC": (
        {"networking": ct.Networking(vpc_subnets=ec2.SubnetSelection())},
        """
        networking.vpc: vpc_subnets selects among the subnets of a vpc
            fix:     give a vpc, or subnets and security_group_ids
        """,
    ),
    "isolation of a serverless job": (
        {
            "networking": ct.Networking(
                subnets=["subnet-1"], security_group_ids=["sg-1"], enable_network_isolation=True
            )
        },
        """
        networking.enable_network_isolation: is not for serverless jobs: their containers are the
                    service's
            fix:     leave it out
        """,
    ),
    "an image for a serverless job": (
        {"training_image": "image:1"},
        """
        training_image: has no effect on a serverless job: its containers are the service's
            got:     'image:1'
            fix:     leave it out, or give compute=TrainingJobCompute(...)
        """,
    ),
    "waiting for a serverless job": (
        {"integration_pattern": RUN_JOB},
        """
        integration_pattern: is for jobs on own instances: only the AWS SDK integration is known to
                    take all members of a serverless job
            got:     RUN_JOB
            fix:     leave it out, or give compute=TrainingJobCompute(...)
        """,
    ),
    "another pattern than to wait for the job": (
        {"integration_pattern": sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN},
        """
        integration_pattern: would not wait for the job, or wait for a token that nothing sends
            got:     WAIT_FOR_TASK_TOKEN
            allowed: IntegrationPattern.RUN_JOB, or leave it out: the trainer then looks at its
                    job itself
        """,
    ),
    "notifications without a topic": (
        {"notifications": ct.Notifications()},
        """
        notifications.topic: names no topic
            fix:     give a topic, or sns_topic_arn
        """,
    ),
    "notifications of no state": (
        {"notifications": ct.Notifications(sns_topic_arn=TOPIC, events=[])},
        """
        notifications.events: names no state
            got:     []
            allowed: Completed, Deleting, Failed, InProgress, Stopped, Stopping
            fix:     leave it out for Completed, Failed and Stopped
        """,
    ),
    "notifications of an unknown state": (
        {"notifications": ct.Notifications(sns_topic_arn=TOPIC, events=["Faild"])},
        """
        notifications.events[0]: is no state of a training job
            got:     'Faild'
            allowed: Completed, Deleting, Failed, InProgress, Stopped, Stopping
            fix:     did you mean 'Failed'?
        """,
    ),
    "notifications of a state twice": (
        {"notifications": ct.Notifications(sns_topic_arn=TOPIC, events=["Failed", "failed"])},
        """
        notifications.events[1]: is named twice
            got:     'failed'
            fix:     leave one of them out
        """,
    ),
    "notifications of another region": (
        {"notifications": ct.Notifications(sns_topic_arn=TOPIC.replace("west", "east"))},
        """
        notifications.sns_topic_arn: is in another region than the stack
            got:     'arn:aws:sns:us-east-2:123456789012:jobs'
            allowed: an ARN of region us-west-2
        """,
    ),
    "notifications of no job": (
        {
            "base_job_name": "sft",
            "notifications": ct.Notifications(sns_topic_arn=TOPIC, job_name_prefix="team-"),
        },
        """
        notifications.job_name_prefix: matches no job of this trainer, or only some by chance
            got:     'team-'
            allowed: the start of what its jobs are named: sft-<12 hex digits>-<attempt>
            fix:     leave it out: only this trainer's jobs are notified of; base_job_name sets
                    what their names begin with
        """,
    ),
    "notifications as something else": (
        {"notifications": "jobs"},
        """
        notifications: has the wrong type
            got:     'jobs'
            allowed: Notifications, or a mapping with topic, sns_topic_arn, events, event_bus,
                    event_bus_arn, job_name_prefix
        """,
    ),
    "an unknown member of notifications": (
        {"notifications": {"sns_topic": TOPIC}},
        """
        notifications.sns_topic: unknown member
            got:     'sns_topic'
            allowed: topic, sns_topic_arn, events, event_bus, event_bus_arn, job_name_prefix
            fix:     did you mean 'sns_topic_arn'?
        """,
    ),
    "no try at all": (
        {"retry": ct.JobRetry(max_attempts=0)},
        """
        retry.max_attempts: is out of range
            got:     0
            allowed: a number from 1 to 20
        """,
    ),
    "half of a sign": (
        {"training_dataset": "s3://bucket/a\ud800"},
        """
        training_dataset: has half of a sign in it (a surrogate), which no template can hold
            got:     's3://bucket/a\\ud800'
            allowed: text
        """,
    ),
    "places that have wildcards": (
        {"runtime_overrides": OVERRIDES(training_dataset=["s3://team-data/*"])},
        """
        runtime_overrides.training_dataset[0]: has *, ? or ${, which S3 takes as they are: a place
                    stands for all that is below it
            got:     's3://team-data/*'
            allowed: s3://<bucket>/<key>, or
                    arn:<partition>:sagemaker:<region>:<account>:hub-content/<hub>/DataSet/<name>/\
                    <version>
            fix:     write 's3://team-data'
        """,
    ),
    "hyperparameters of runs that the recipe lacks": (
        {"runtime_overrides": OVERRIDES(hyperparameters=["lr"])},
        """
        runtime_overrides.hyperparameters[0]: the recipe has no such hyperparameter that may be
                    given
            got:     'lr'
            allowed: name, learning_rate, max_epochs, scheduler, chat_template
        """,
    ),
    "more places than a role has room for": (
        {
            "runtime_overrides": OVERRIDES(
                training_dataset=[f"s3://bucket-{index}/{'x' * 100}" for index in range(60)]
            )
        },
        """
        runtime_overrides: names more places than the policies of the job's role have room for
            got:     some N characters
            allowed: 10,240 characters in all inline policies of the role, and 10 managed ones of
                    6,144
            fix:     give the trainer runtime_overrides whose training_dataset lists the folder
                    or bucket that they are all in: its jobs may then read what is below it
        """,
    ),
    "data mixing for a model that is not Nova": (
        {"data_mixing_config": MIX},
        """
        data_mixing_config: data mixing is for Nova models only
            got:     'tiny-model'
            allowed: a Nova model, such as nova-textgeneration-lite-v2
            fix:     leave data_mixing_config out
        """,
    ),
}

# What people write as a trainer's props, for a job on own instances.
OWN_INSTANCES: dict[str, tuple[dict[str, Any], str]] = {
    "no instance type": (
        {"compute": ct.TrainingJobCompute()},
        """
        compute.instance_type: is required
            fix:     give instance_type, such as 'ml.p5.48xlarge'
        """,
    ),
    "no instance": (
        {"compute": own_instances(instance_count=0)},
        """
        compute.instance_count: a job needs an instance
            got:     0
            allowed: 1 or more
        """,
    ),
    "a recipe that the model has not": (
        {"recipe_name": "tiny-lor"},
        """
        recipe_name: 'tiny-model' has no SFT recipe of this name in the lock file
            got:     'tiny-lor'
            allowed: tiny-lora, tiny-lora-8k, tiny-full
            fix:     did you mean 'tiny-lora'?
        """,
    ),
    "an instance type that the recipe does not run on": (
        {"compute": own_instances(instance_type="ml.p5.48xlarg")},
        """
        compute.instance_type: no SFT recipe of 'tiny-model' for LORA runs on this instance type
            got:     'ml.p5.48xlarg'
            allowed: ml.p5.48xlarge, ml.g6.48xlarge (tiny-lora, 4K); ml.p5.48xlarge,
                    ml.g6.48xlarge (tiny-lora-8k, 8K)
        """,
    ),
    "a model package": (
        {"model": f"{SAGEMAKER}:model-package/chat/1", "base_model_name": MODEL},
        """
        model: a job on own instances reads its model from S3, not from a model package
            got:     'arn:aws:sagemaker:us-west-2:123456789012:model-package/chat/1'
            allowed: the S3 URI of the package's artifacts, with base_model_name
        """,
    ),
    "a hub's data set": (
        {"training_dataset": f"{SAGEMAKER}:hub-content/h/DataSet/d/1.0.0"},
        """
        training_dataset: a job on own instances cannot read a hub's DataSet
            got:     'arn:aws:sagemaker:us-west-2:123456789012:hub-content/h/DataSet/d/1.0.0'
            allowed: an S3 URI, an S3DataSource or a FileSystemDataSource
        """,
    ),
    "data whose name only the deployment knows": (
        {"training_dataset": f"s3://bucket/{STRING_TOKEN}"},
        """
        training_dataset: the last part of the URI is only known at deployment, and the recipe names
                    the file that is read
            got:     's3://bucket/${Token[A.12]}'
            fix:     write the last part out, or end the URI with a slash for a folder
        """,
    ),
    "a value that only the deployment knows": (
        {"hyperparameters": {"name": STRING_TOKEN}},
        """
        run.name: is only known at deployment, and a recipe on own instances is a file that is
                    written at synthesis
            got:     '${Token[A.12]}'
            fix:     write the value out
        """,
    ),
    "a channel that the trainer makes": (
        {"input_data_config": [ct.Channel(channel_name="recipe", data_source=DATA)]},
        """
        input_data_config[0].channel_name: the trainer makes this channel itself
            got:     'recipe'
            fix:     choose another name
        """,
    ),
    "a file system without a network": (
        {
            "training_dataset": ct.FileSystemDataSource(
                file_system_type="EFS",
                directory_path="/data",
                file_system_id="fs-0123456789abcdef0",
            )
        },
        """
        networking: is required: a file system is reached from its VPC only
            fix:     give networking=Networking(vpc=...), or subnets and security_group_ids
        """,
    ),
    "tracking that the recipe has no place for": (
        {"mlflow_resource_arn": f"{SAGEMAKER}:mlflow-app/app-1"},
        """
        mlflow_resource_arn: the recipe has no place for it: no leaf stands for
                    'mlflow_tracking_uri'
            got:     'arn:aws:sagemaker:us-west-2:123456789012:mlflow-app/app-1'
            fix:     leave it out, or use another recipe
        """,
    ),
    "data mixing": (
        {"data_mixing_config": MIX},
        """
        data_mixing_config: is for serverless jobs: on own instances the recipe decides
            fix:     leave it or compute out
        """,
    ),
    "hyperparameters of runs": (
        {"runtime_overrides": OVERRIDES(hyperparameters="all")},
        """
        runtime_overrides.hyperparameters: cannot be followed on own instances: the recipe is a file
                    that is written at synthesis
            got:     'all'
            allowed: training_dataset and validation_dataset
            fix:     leave it out, or leave compute out for a serverless job
        """,
    ),
    "validation data of runs": (
        {"runtime_overrides": OVERRIDES(validation_dataset="any")},
        """
        runtime_overrides.validation_dataset: cannot be followed on own instances: the recipe reads
                    no validation data
            got:     'any'
            fix:     give validation_dataset too, or leave this out
        """,
    ),
    "spot without a time to wait": (
        {"compute": own_instances(enable_managed_spot_training=True)},
        """
        stopping_condition.max_wait_time_in_seconds: is required with managed spot training and is
                    missing
            allowed: a whole number of seconds, at least MaxRuntimeInSeconds
        """,
    ),
}


def elsewhere(make: TrainerMaker) -> cdk.Stack:
    """A stack of another region, in the app of the trainers' own."""
    env = cdk.Environment(account="123456789012", region="eu-west-1")
    return cdk.Stack(cdk.Stage.of(make.stack), "Elsewhere", env=env)


REPLICAS = {**SPEC, "replicas": {"type": "integer", "default": 4, "enum": [2, 4]}}
JUDGED = {
    **SPEC,
    "judge_prompt_template": {"type": "string", "default": "a.jinja", "enum": ["a.jinja"]},
}


def nova(*names: str, categories: bool = True) -> Hub:
    """A hub with Nova and recipes of it that mix data."""
    documents, objects = small_hub()
    document = documents[MODEL]
    first = document["RecipeCollection"][0]
    for name in names:
        entry = {**first, "Name": f"nova-{name}", "SmtjOverrideParamsS3Uri": "s3://hub/mix.json"}
        document["RecipeCollection"].append(entry)
    mix = {"nova_code_percent": {"type": "integer", "default": 100}} if categories else {}
    objects["s3://hub/mix.json"] = {**SPEC, **mix}
    model = "nova-textgeneration-lite"
    return Hub(documents={model: document}, objects=objects, model=model)


# What takes more than props: techniques, several trainers, hubs of its own.
TRAINERS: dict[str, tuple[Callable[[TrainerMaker], object], str]] = {
    "a gated model": (
        lambda make: make(hub="small, gated"),
        """
        accept_eula: 'tiny-model' is gated: its licence must be accepted
            got:     False
            allowed: True
            fix:     read the model's licence, then give accept_eula=True
        """,
    ),
    "a technique that the model lacks": (
        lambda make: make("DPO"),
        """
        model: 'tiny-model' has no DPO recipe in the lock file
            allowed: SFT
            fix:     constructs-trainers hub pull --model tiny-model --region us-west-2
                    --technique DPO
        """,
    ),
    "a training type that the model lacks": (
        lambda make: make(hub="all techniques", training_type="FULL"),
        """
        training_type: 'tiny-model' has no SFT recipe of this training type
            got:     'FULL'
            allowed: LORA
        """,
    ),
    "no reward": (
        lambda make: make("RLVR", hub="one technique"),
        """
        custom_reward_function: RLVR needs something that scores answers
            got:     none
            allowed:
                    arn:<partition>:sagemaker:<region>:<account>:hub-content/<hub>/JsonDoc/<name>/\
                    <version>,
                    or arn:<partition>:lambda:<region>:<account>:function:<name>[:<qualifier>]
            fix:     give custom_reward_function
        """,
    ),
    "a reward that is no function": (
        lambda make: make("RLVR", hub="one technique", custom_reward_function="reward"),
        """
        custom_reward_function: is neither the ARN of an evaluator nor of a Lambda function
            got:     'reward'
            allowed:
                    arn:<partition>:sagemaker:<region>:<account>:hub-content/<hub>/JsonDoc/<name>/\
                    <version>,
                    or arn:<partition>:lambda:<region>:<account>:function:<name>[:<qualifier>]
        """,
    ),
    "a reward that the recipe has no place for": (
        lambda make: make(
            "RLVR", hub="one technique", custom_reward_function=LAMBDA, compute=own_instances()
        ),
        """
        custom_reward_function: the recipe has no place for it: no leaf stands for
                    'reward_lambda_arn'
            got:     'arn:aws:lambda:us-west-2:123456789012:function:reward'
            fix:     leave it out, or use another recipe
        """,
    ),
    "a judge on own instances": (
        lambda make: make("RLAIF", hub="one technique", compute=own_instances()),
        """
        compute: RLAIF is for serverless jobs only
            fix:     leave it out
        """,
    ),
    "a judge that is none": (
        lambda make: make("RLAIF", hub="all techniques", reward_model_id="gpt-5"),
        """
        reward_model_id: is no model that can judge answers
            got:     'gpt-5'
            allowed: openai.gpt-oss-120b-1:0, openai.gpt-oss-20b-1:0, qwen.qwen3-32b-v1:0,
                    qwen.qwen3-coder-30b-a3b-v1:0, qwen.qwen3-coder-480b-a35b-v1:0,
                    qwen.qwen3-235b-a22b-2507-v1:0
        """,
    ),
    "a prompt of the wrong type": (
        lambda make: make("RLAIF", hub=one_technique("RLAIF", spec=JUDGED), reward_prompt=5),
        """
        reward_prompt: has the wrong type
            got:     int 5
            allowed: text
        """,
    ),
    "a prompt that only the deployment knows": (
        lambda make: make(
            "RLAIF", hub=one_technique("RLAIF", spec=JUDGED), reward_prompt=f"a{STRING_TOKEN}"
        ),
        """
        reward_prompt: a preset must be known when the app is synthesized, not hold a token
            got:     'a${Token[A.12]}'
            allowed: a, or
                    arn:<partition>:sagemaker:<region>:<account>:hub-content/<hub>/JsonDoc/<name>/\
                    <version>
            fix:     write the preset's name, or the whole ARN of an evaluator
        """,
    ),
    "a prompt that the recipe lacks": (
        lambda make: make("RLAIF", hub=one_technique("RLAIF", spec=JUDGED), reward_prompt="b"),
        """
        reward_prompt: is no preset of this recipe
            got:     'b'
            allowed: a, or
                    arn:<partition>:sagemaker:<region>:<account>:hub-content/<hub>/JsonDoc/<name>/\
                    <version>
            fix:     for a prompt registered in a hub, give the evaluator's ARN: synthesis
                    cannot look its name up
        """,
    ),
    "a trainer that registers no model": (
        lambda make: make(
            "DPO",
            hub="all techniques",
            model=make(
                hub="all techniques",
                construct_id="First",
                compute=own_instances(),
                training_image="123456789012.dkr.ecr.us-west-2.amazonaws.com/own:1",
            ),
        ),
        """
        model: goes on from a trainer whose jobs register no model package
            got:     Stack/First
            fix:     give that trainer a model_package_group
        """,
    ),
    "another trainer's model on own instances": (
        lambda make: make(
            hub="own instances", construct_id="More", model=make(), compute=own_instances()
        ),
        """
        model: a job on own instances cannot start from another trainer's model: its recipe is a
                    file that is written at synthesis
            allowed: the hub's name of a model, or the S3 URI of a checkpoint
            fix:     leave compute out for a serverless job
        """,
    ),
    "an image that is a pattern": (
        lambda make: make(
            hub="own instances",
            compute=own_instances(),
            training_image="123456789012.dkr.ecr.us-west-2.amazonaws.com/*:1",
        ),
        """
        training_image: has *, ? or ${, which the policy of a role takes for a pattern
            got:     '123456789012.dkr.ecr.us-west-2.amazonaws.com/*:1'
            allowed: an image of one repository
        """,
    ),
    "no image in the lock": (
        lambda make: make(compute=own_instances()),
        """
        training_image: is required: the lock has no image for 'tiny-lora'
            fix:     give the image's URI
        """,
    ),
    "an image of an unknown region": (
        lambda make: make(
            hub="own instances",
            scope=cdk.Stack(cdk.App(), "Anywhere"),
            compute=own_instances(),
        ),
        """
        training_image: is required: an image is its region's own, and the stack's region is not
                    known
            fix:     give the stack a region: env=Environment(region=...)
        """,
    ),
    "a serverless job in a region of China": (
        lambda make: make(
            scope=cdk.Stack(cdk.App(), "China", env=cdk.Environment(region="cn-north-1"))
        ),
        """
        model (recipes.lock.json): the lock file does not hold 'tiny-model' for this region
            got:     cn-north-1
            allowed: us-west-2
            fix:     constructs-trainers hub pull --model tiny-model --region cn-north-1
        compute: is required in a region of China: serverless jobs register their model in a model
                    package group, which CloudFormation cannot make there
            got:     'cn-north-1'
            fix:     give compute=TrainingJobCompute(...), or deploy to another region
        """,
    ),
    "a count that the recipe does not run on": (
        lambda make: make(
            hub=one_technique(spec=REPLICAS), compute=own_instances(instance_count=3)
        ),
        """
        compute.instance_count: the recipe does not run on this many instances
            got:     3
            allowed: 2, 4
        """,
    ),
    "a request that is too large": (
        lambda make: make(
            hub=one_technique(
                template={**TEMPLATE, "more": {f"t{n}": f"{{{{t{n}}}}}" for n in range(90)}},
                spec={
                    **SPEC,
                    **{f"t{n}": {"type": "string", "default": "é" * 2500} for n in range(90)},
                },
            )
        ),
        """
        hyperparameters: make the request larger than Step Functions hands on
            got:     N bytes
            allowed: 240,000 bytes
            fix:     give fewer, or shorter ones
        """,
    ),
    "more hyperparameters of runs than a job has": (
        lambda make: make(
            hub=one_technique(spec={**SPEC, **{f"t{n}": {"type": "integer"} for n in range(101)}}),
            runtime_overrides=OVERRIDES(hyperparameters="all"),
        ),
        """
        runtime_overrides.hyperparameters: could make more hyperparameters than a job may have
            got:     106
            allowed: 100
            fix:     name fewer
        """,
    ),
    "a FIFO topic": (
        lambda make: make(
            notifications=ct.Notifications(topic=sns.Topic(make.stack, "Topic", fifo=True))
        ),
        """
        notifications.topic: is a FIFO topic, whose messages need a group that EventBridge cannot
                    name
            allowed: a standard topic
        """,
    ),
    "no data mixing of the technique": (
        lambda make: make(hub=nova(), data_mixing_config=MIX),
        """
        data_mixing_config: the lock file has no recipe of 'nova-textgeneration-lite' that mixes
                    data into SFT on text
            fix:     constructs-trainers hub pull --model nova-textgeneration-lite --region
                    us-west-2 --technique SFT, as an account that is subscribed to Nova Forge
        """,
    ),
    "no data mixing of the training type": (
        lambda make: make(
            hub=nova("text_with_datamix"), data_mixing_config=MIX, training_type="FULL"
        ),
        """
        training_type: 'nova-textgeneration-lite' has no data-mixing recipe of this training type
            got:     'FULL'
            allowed: LORA
        """,
    ),
    "no category of data": (
        lambda make: make(hub=nova("text_with_datamix", categories=False), data_mixing_config=MIX),
        """
        data_mixing_config: the recipe 'nova-text_with_datamix' lists no categories of Nova's data
            fix:     pull the recipe again with 'constructs-trainers hub pull'
        """,
    ),
    "an unknown category of data": (
        lambda make: make(
            hub=nova("text_with_datamix"),
            data_mixing_config=ct.DataMixingConfig(
                customer_data_percent=50, nova_data_percentages={"cod": 100}
            ),
        ),
        """
        data_mixing_config.nova_data_percentages: the recipe has no such category of Nova's data
            got:     'cod'
            allowed: code
            fix:     did you mean 'code'?
        """,
    ),
    "more than all of the data": (
        lambda make: make(
            hub=nova("text_with_datamix"),
            data_mixing_config=ct.DataMixingConfig(
                customer_data_percent=101, nova_data_percentages=None
            ),
        ),
        """
        data_mixing_config.customer_data_percent: is no percentage
            got:     101 (int)
            allowed: a number from 0 to 100
        """,
    ),
    "less than all of Nova's data": (
        lambda make: make(
            hub=nova("text_with_datamix"),
            data_mixing_config=ct.DataMixingConfig(
                customer_data_percent=50, nova_data_percentages={"code": 60}
            ),
        ),
        """
        data_mixing_config.nova_data_percentages: the percentages of Nova's data do not add up to
                    100
            got:     60 in all
            allowed: 100 in all, as long as customer_data_percent is less than 100
        """,
    ),
    "a hyperparameter of two places": (
        lambda make: make(
            hub=one_technique(
                template={"a": {"rate": "{{learning_rate}}"}, "b": {"lr": "{{learning_rate}}"}}
            ),
            overrides={"a": {"rate": 1e-5}},
        ),
        """
        learning_rate: one hyperparameter stands for both places, which have different values
            got:     a.rate = 1e-05, b.lr = 0.0001
            fix:     set 'learning_rate' by that name
        """,
    ),
    "two hyperparameters of one name": (
        lambda make: make(
            hub=one_technique(template={"a": {"x": 1}, "b": {"x": 2}}),
            overrides={"a": {"x": 3}, "b": {"x": 4}},
        ),
        """
        b.x (overrides): the hyperparameter 'x' already stands for another value of the recipe
            fix:     leave it at the hub's value; a serverless job cannot carry it
        """,
    ),
    "an unknown prop": (
        lambda make: make(override={}),
        """
        SFTTrainer: unknown prop 'override'; did you mean 'overrides'?
        """,
    ),
    "a prop of the SDK": (
        lambda make: make(sagemaker_session=None),
        """
        SFTTrainer: unknown prop 'sagemaker_session'; delete it: the stack's environment takes its
                    place
        """,
    ),
    "a prop like no other": (
        lambda make: make(zzz=1),
        """
        SFTTrainer: unknown prop 'zzz'
        """,
    ),
}


# What train() is given.
TRAIN: dict[str, tuple[dict[str, Any], str]] = {
    "a channel that runs do not have": (
        {"input_data_config": {"trian": DATA}},
        """
        input_data_config.trian: is not a channel that a run can replace
            got:     'trian'
            allowed: train, validation
            fix:     did you mean 'train'?
        """,
    ),
    "a channel that says more": (
        {
            "input_data_config": [
                ct.Channel(channel_name="train", data_source=DATA, content_type="text/plain")
            ]
        },
        """
        input_data_config.train: does not say where the data is, or says more
            got:     Channel(channel_name='train',
                    data_source='s3://amzn-s3-demo-bucket/train.jsonl', content_type='text/plain')
            allowed: a channel with nothing but an S3 URI, or the ARN of a hub's DataSet
            fix:     make it a prop of the trainer: a run can replace the data of train and
                    validation only
        """,
    ),
    "a channel twice": (
        {"input_data_config": [ct.Channel(channel_name="train", data_source=DATA)] * 2},
        """
        input_data_config.train: is there twice
        """,
    ),
    "a time without waiting": (
        {"wait": False, "wait_timeout": 60},
        """
        wait_timeout: has no effect without 'wait'
            fix:     leave it out, or wait
        """,
    ),
    "a time that no state can wait": (
        {"wait_timeout": 0},
        """
        wait_timeout: is no time that a state can wait
            got:     0
            allowed: whole seconds from 1 to 99,999,999, or a Duration
        """,
    ),
    "an id that cannot be": (
        {"id": ""},
        """
        id: cannot be a construct's id
            got:     ''
            allowed: readable text
        """,
    ),
    "an id that is too long": (
        {"id": "x" * 68},
        """
        id: makes a state name longer than 70 characters
            got:     'Sftxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'
        """,
    ),
}


def pipeline(
    make: TrainerMaker,
    stages: Sequence[Any],
    on_new_data: Sequence[ct.NewData] = (),
    schedule: str | None = None,
) -> object:
    return ct.TrainingPipeline(
        make.stack, "Pipeline", stages=stages, on_new_data=on_new_data, schedule=schedule
    )


def of_one(stages: Callable[[ct.BaseTrainer], Sequence[Any]]) -> Callable[[TrainerMaker], object]:
    """Makes a pipeline whose stages have one trainer."""
    return lambda make: pipeline(make, stages(make()))


def chained(make: TrainerMaker) -> tuple[ct.BaseTrainer, ct.BaseTrainer]:
    """A trainer, and one that goes on from it."""
    first = make()
    return first, make(construct_id="More", model=first)


def with_two_sources(make: TrainerMaker) -> object:
    first, second = chained(make)
    beside = [ct.Stage(trainer=first, name=name) for name in ("A", "B")]
    return pipeline(make, [ct.Parallel(stages=beside), ct.Stage(trainer=second)])


def trained_twice(make: TrainerMaker) -> object:
    trainer = make()
    trainer.train()
    return trainer.train()


def on_new_data(
    s3_uri: str | None = None, stage: str | None = None
) -> Callable[[TrainerMaker], object]:
    """Makes a pipeline that new data starts."""
    data = ct.NewData(s3_uri=s3_uri, stage=stage)
    return lambda make: pipeline(make, [ct.Stage(trainer=make())], [data])


FILE = ct.SweepManifest(s3_uri="s3://bucket/runs.jsonl")
BOUND = OVERRIDES(training_dataset=["s3://bucket/ours"])
PIPELINES: dict[str, tuple[Callable[[TrainerMaker], object], str]] = {
    "no stage": (
        lambda make: pipeline(make, stages=[]),
        """
        stages: has no stage
            fix:     give one Stage at least
        """,
    ),
    "no stage in a Parallel": (
        of_one(lambda one: [ct.Stage(trainer=one), ct.Parallel(stages=[])]),
        """
        stages[1]: has no stage
            fix:     give two stages, or leave it out
        """,
    ),
    "a trainer in place of a stage": (
        of_one(lambda one: [one]),
        """
        stages[0]: has the wrong type
            got:     SFTTrainer 'Stack/Sft'
            allowed: a Stage, a Sweep or a Parallel
            fix:     write Stage(trainer=...)
        """,
    ),
    "a name that is taken": (
        of_one(lambda one: [ct.Stage(trainer=one)] * 2),
        """
        stages[1].name: is taken
            got:     'Sft'
            fix:     give another name
        """,
    ),
    "a name that a bounded wait takes": (
        of_one(
            lambda one: [
                ct.Stage(trainer=one, name="A Run"),
                ct.Stage(trainer=one, name="A", wait_timeout=5),
            ]
        ),
        """
        stages[1].name: with wait_timeout makes a state whose name is taken
            got:     'A Run'
            fix:     give another name
        """,
    ),
    "a name that is too long": (
        of_one(lambda one: [ct.Stage(trainer=one, name="N" * 71)]),
        """
        stages[0].name: has a wrong length
            got:     'NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN'
            allowed: 1 to 70 characters that can be read
            fix:     give a name
        """,
    ),
    "a name that only the deployment knows": (
        of_one(lambda one: [ct.Stage(trainer=one, name=STRING_TOKEN)]),
        """
        stages[0].name: is only known at deployment
            got:     '${Token[A.12]}'
            allowed: 1 to 70 characters that can be read
            fix:     give a name
        """,
    ),
    "a name of two lines": (
        of_one(lambda one: [ct.Stage(trainer=one, name="a\nb")]),
        """
        stages[0].name: cannot be a state's name
            got:     'a\\nb'
            allowed: 1 to 70 characters that can be read
            fix:     give a name
        """,
    ),
    "a trainer before its source": (
        lambda make: pipeline(make, stages=[ct.Stage(trainer=chained(make)[1])]),
        """
        stages[0]: goes on from a trainer that has no stage before it
            got:     'Stack/Sft'
            fix:     put Stage(trainer=...) of Stack/Sft before it
        """,
    ),
    "a trainer with several sources": (
        with_two_sources,
        """
        stages[1]: goes on from a trainer that has several stages beside each other
            got:     A, B
            fix:     make a trainer of its own for each of them, and go on from one
        """,
    ),
    "a trainer of another region": (
        lambda make: ct.TrainingPipeline(
            elsewhere(make), "Pipeline", stages=[ct.Stage(trainer=make())]
        ),
        """
        stages[0].trainer: is in another account or region, whose machines a pipeline cannot run
            got:     aws://123456789012/us-west-2
            allowed: aws://123456789012/eu-west-1
            fix:     give both stacks the same env
        """,
    ),
    "an expression as data": (
        of_one(
            lambda one: [
                ct.Stage(trainer=one, input_data_config=cast("Any", {"train": ct.Expression("$x")}))
            ]
        ),
        """
        stages[0].input_data_config: has an expression
            fix:     give the data in the execution's input, under the stage's name
        """,
    ),
    "a hyperparameter that runs do not have": (
        of_one(lambda one: [ct.Stage(trainer=one, hyperparameters={"learning_rat": 1})]),
        """
        stages[0].hyperparameters.learning_rat: is no hyperparameter that may be given to a run
            got:     1
            allowed: name, learning_rate, max_epochs, scheduler, chat_template
            fix:     did you mean 'learning_rate'?
        """,
    ),
    "hyperparameters of a trainer on own instances": (
        lambda make: pipeline(
            make,
            stages=[
                ct.Stage(
                    trainer=make(hub="own instances", compute=own_instances()),
                    hyperparameters={"max_epochs": 1},
                )
            ],
        ),
        """
        stages[0].hyperparameters: cannot be given: the job runs on own instances, and its recipe is
                    a file that was written at synthesis
            got:     {'max_epochs': 1}
        """,
    ),
    "a sweep over nothing": (
        of_one(lambda one: [ct.Sweep(trainer=one)]),
        """
        stages[0]: has nothing to go over
            fix:     give datasets, hyperparameters or a manifest
        """,
    ),
    "a sweep over too much": (
        of_one(lambda one: [ct.Sweep(trainer=one, datasets=[DATA] * 101)]),
        """
        stages[0]: has no runs, or too many
            got:     101
            allowed: 1 to 100 runs
            fix:     put the inputs of the runs into a file, and give it as manifest
        """,
    ),
    "a list that bears failures": (
        of_one(
            lambda one: [ct.Sweep(trainer=one, datasets=[DATA], tolerated_failure_percentage=5)]
        ),
        """
        stages[0].tolerated_failure_percentage: is for sweeps with a manifest
            fix:     leave it out
        """,
    ),
    "too many runs at once": (
        of_one(lambda one: [ct.Sweep(trainer=one, datasets=[DATA], max_concurrency=41)]),
        """
        stages[0].max_concurrency: is out of range
            got:     41
            allowed: 1 to 40
        """,
    ),
    "a file and a list": (
        of_one(lambda one: [ct.Sweep(trainer=one, manifest=FILE, datasets=[DATA])]),
        """
        stages[0].datasets: cannot be given together with manifest
            fix:     keep one of the two: the file's items hold data and hyperparameters
        """,
    ),
    "more than all failures": (
        of_one(
            lambda one: [ct.Sweep(trainer=one, manifest=FILE, tolerated_failure_percentage=101)]
        ),
        """
        stages[0].tolerated_failure_percentage: is no percentage
            got:     101
            allowed: 0 to 100
        """,
    ),
    "a file that is nowhere": (
        of_one(lambda one: [ct.Sweep(trainer=one, manifest=ct.SweepManifest())]),
        """
        stages[0].manifest: does not say where the file is
            fix:     give s3_uri, or bucket and key
        """,
    ),
    "a file of no known form": (
        of_one(
            lambda one: [
                ct.Sweep(trainer=one, manifest=ct.SweepManifest(s3_uri="s3://bucket/runs.csv"))
            ]
        ),
        """
        stages[0].manifest.s3_uri: does not tell the form of the file
            got:     's3://bucket/runs.csv'
            allowed: the S3 URI of a file whose name ends with .jsonl or .json
        """,
    ),
    "a file that is known at deployment": (
        of_one(lambda one: [ct.Sweep(trainer=one, manifest=ct.SweepManifest(s3_uri=STRING_TOKEN))]),
        """
        stages[0].manifest.s3_uri: is only known at deployment as a whole
            got:     '${Token[A.12]}'
            allowed: s3://BUCKET/KEY, whose parts may be tokens
        """,
    ),
    "outputs that are too large": (
        of_one(lambda one: [ct.Sweep(trainer=one, hyperparameters=[{"name": "x" * 2500}] * 90)]),
        """
        stages: have outputs that do not fit into one execution's output
            got:     some N bytes, with the hyperparameters of each run
            allowed: 262,144 bytes
            fix:     put the inputs of a sweep's runs into a file, and give it as manifest
        """,
    ),
    "a machine that is too large": (
        of_one(
            lambda one: [
                ct.Sweep(
                    trainer=one,
                    name=f"S{n}",
                    manifest=ct.SweepManifest(s3_uri=f"s3://bucket/{'x' * 900}.json"),
                )
                for n in range(300)
            ]
        ),
        """
        definition: is larger than Step Functions takes
            got:     N bytes
            allowed: 1,048,576 bytes
            fix:     give fewer stages, or part of them to a pipeline of their own
        """,
    ),
    "a schedule that is none": (
        lambda make: pipeline(make, [ct.Stage(trainer=make())], schedule="every day"),
        """
        schedule: is no schedule of EventBridge
            got:     'every day'
            allowed: an aws_events.Schedule, 'rate(7 days)' or 'cron(0 6 ? * MON *)'
        """,
    ),
    "new data that is nowhere": (
        on_new_data(),
        """
        on_new_data[0]: does not say where the objects are
            fix:     give bucket, or s3_uri
        """,
    ),
    "new data for no stage": (
        on_new_data(s3_uri="s3://bucket", stage="Stf"),
        """
        on_new_data[0].stage: is the name of no Stage of this pipeline
            got:     'Stf'
            allowed: Sft
            fix:     did you mean 'Sft'?
        """,
    ),
    "new data for own instances": (
        lambda make: pipeline(
            make,
            stages=[ct.Stage(trainer=make(hub="own instances", compute=own_instances()))],
            on_new_data=[ct.NewData(s3_uri="s3://bucket", stage="Sft")],
        ),
        """
        on_new_data[0].stage: is a stage on own instances, whose recipe was written for one place
            got:     'Sft'
            allowed: a stage of a serverless trainer
            fix:     leave stage out: then a new object starts the pipeline with the data it has
        """,
    ),
    "new data for a stage without any": (
        lambda make: pipeline(
            make,
            stages=[ct.Stage(trainer=make(runtime_overrides=OVERRIDES(hyperparameters="all")))],
            on_new_data=[ct.NewData(s3_uri="s3://bucket", stage="Sft")],
        ),
        """
        on_new_data[0].stage: TrainingDataset cannot be given: runtime_overrides of the trainer does
                    not allow it
            got:     'Sft'
        """,
    ),
    "new data beside its place": (
        lambda make: pipeline(
            make,
            stages=[ct.Stage(trainer=make(runtime_overrides=BOUND))],
            on_new_data=[ct.NewData(s3_uri="s3://bucket/ours", stage="Sft")],
        ),
        """
        on_new_data[0].stage: would train with objects beside the place too, which runtime_overrides
                    of the trainer does not allow
            got:     's3://bucket/ours-and-more'
            allowed: s3://bucket/ours
            fix:     write 's3://bucket/ours/'
        """,
    ),
    "new data that the pipeline makes": (
        lambda make: pipeline(
            make,
            stages=[ct.Stage(trainer=make(s3_output_path="s3://bucket/models"))],
            on_new_data=[ct.NewData(s3_uri="s3://bucket")],
        ),
        """
        on_new_data[0]: would start the pipeline again and again: it writes what the jobs of
                    Stack/Sft make there
            got:     's3://bucket'
            allowed: a place that 's3://bucket/models' is not below
            fix:     give a prefix for new data alone, or another bucket
        """,
    ),
    "train() twice": (
        trained_twice,
        """
        id: is taken
            got:     'Train'
            fix:     give each call an id of its own, such as id='TrainAgain'
        """,
    ),
    "train() in another region": (
        lambda make: make().train(scope=elsewhere(make)),
        """
        scope: is in another account or region, whose machines cannot run this trainer
            got:     aws://123456789012/eu-west-1
            allowed: aws://123456789012/us-west-2
            fix:     give both stacks the same env
        """,
    ),
    "train() without its source": (
        lambda make: chained(make)[1].train(),
        """
        model: goes on from a trainer that was not trained before in this scope
            got:     'Stack/Sft'
            fix:     call train() of that trainer first, with wait and with the same 'scope',
                    and put its state before this one; or use a TrainingPipeline
        """,
    ),
}


BASE: dict[str, Any] = {
    "TrainingJobName": "job",
    "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
    "OutputDataConfig": {"S3OutputPath": "s3://out/x"},
}
P5 = {"InstanceType": "ml.p5.48xlarge"}
# Members of a request, which are called as the API calls them.
REQUESTS: dict[str, tuple[dict[str, Any], str]] = {
    "a member that the API lacks": (
        {"StoppingCondition": {"MaxRuntime": 60}},
        """
        StoppingCondition.MaxRuntime: the API's StoppingCondition has no such member
            got:     'MaxRuntime'
            allowed: MaxRuntimeInSeconds, MaxWaitTimeInSeconds, MaxPendingTimeInSeconds
            fix:     did you mean 'MaxRuntimeInSeconds'?
        """,
    ),
    "a member that is missing": (
        {"OutputDataConfig": {}},
        """
        OutputDataConfig.S3OutputPath: is required and is missing
            allowed: a string of at most 1024 characters matching (https|s3)://([^/]+)/?(.*)
        """,
    ),
    "a member of the wrong type": (
        {"StoppingCondition": {"MaxRuntimeInSeconds": "60"}},
        """
        StoppingCondition.MaxRuntimeInSeconds: must be a whole number
            got:     '60'
            allowed: a whole number, at least 1
            fix:     write it as a number, without quotes
        """,
    ),
    "a name of the wrong type": (
        {"HyperParameters": {5: "x"}},
        """
        HyperParameters.5: its name must be a string
            got:     5
            allowed: a string of at most 256 characters without line breaks
        """,
    ),
    "a value out of range": (
        {"StoppingCondition": {"MaxRuntimeInSeconds": 0}},
        """
        StoppingCondition.MaxRuntimeInSeconds: is out of range
            got:     0
            allowed: a whole number, at least 1
        """,
    ),
    "a value that the API does not know": (
        {
            "ServerlessJobConfig": {
                "JobType": "FineTuning",
                "BaseModelArn": MODEL_ARN,
                "Peft": "FULL",
            }
        },
        """
        ServerlessJobConfig.Peft: is none of the values that the API knows
            got:     'FULL'
            allowed: LORA
        """,
    ),
    "a value of another form": (
        {"TrainingJobName": "a_b"},
        """
        TrainingJobName: does not have the form that the API asks for
            got:     'a_b'
            allowed: a string of 1 to 63 characters matching [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}
        """,
    ),
    "a value that is too long": (
        {"TrainingJobName": "a" * 64},
        """
        TrainingJobName: is too long with its length of 64
            got:     'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
            allowed: a string of 1 to 63 characters matching [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}
        """,
    ),
    "a value that is too short": (
        {"RoleArn": "arn"},
        """
        RoleArn: is too short with its length of 3
            got:     'arn'
            allowed: a string of 20 to 2048 characters matching
                    arn:aws[a-z\\-]*:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+
        """,
    ),
    "too few entries": (
        {"InputDataConfig": []},
        """
        InputDataConfig: has too few entries
            got:     0 in all
            allowed: a list of 1 to 20 entries
        """,
    ),
    "too many entries": (
        {"VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"] * 17}},
        """
        VpcConfig.Subnets: has too many entries
            got:     17 in all
            allowed: a list of 1 to 16 entries
        """,
    ),
    "too many tags": (
        {"Tags": [{"Key": f"k{n}", "Value": "v"} for n in range(51)]},
        """
        Tags: has too many tags: 51 of the user's
            got:     51 in all
            allowed: 50 of the user's: a job takes 50, and 0 are set beside them
        """,
    ),
    "a tag of AWS's": (
        {"Tags": [{"Key": "AWS:a", "Value": "v"}]},
        """
        Tags[0].Key: starts with aws:, which is reserved for AWS's own tags
            got:     'AWS:a'
            allowed: a key that does not start with aws:
        """,
    ),
    "characters of a tag": (
        {"Tags": [{"Key": "a;b", "Value": "v"}]},
        """
        Tags[0].Key: holds characters that a tag may not have: ';'
            got:     'a;b'
            allowed: letters, digits, spaces and _ . : / = + - @
        """,
    ),
    "a tag twice": (
        {"Tags": [{"Key": "a", "Value": "v"}, {"Key": "a", "Value": "w"}]},
        """
        Tags[1].Key: is the same key as that of Tags[0]
            got:     'a'
            allowed: each key once
        """,
    ),
    "more than 28 days": (
        {"StoppingCondition": {"MaxRuntimeInSeconds": 2_419_201}},
        """
        StoppingCondition.MaxRuntimeInSeconds: is longer than 28 days
            got:     2419201 seconds
            allowed: at most 2419200 seconds
        """,
    ),
    "waiting for less than it runs": (
        {"StoppingCondition": {"MaxRuntimeInSeconds": 100, "MaxWaitTimeInSeconds": 50}},
        """
        StoppingCondition.MaxWaitTimeInSeconds: is shorter than MaxRuntimeInSeconds
            got:     50 seconds
            allowed: at least 100 seconds
        """,
    ),
    "waiting for less than a day": (
        {"StoppingCondition": {"MaxWaitTimeInSeconds": 50}},
        """
        StoppingCondition.MaxWaitTimeInSeconds: is shorter than MaxRuntimeInSeconds, by default 1
                    day
            got:     50 seconds
            allowed: at least 86400 seconds
        """,
    ),
    "spot without a time to wait": (
        {"EnableManagedSpotTraining": True, "StoppingCondition": {"MaxRuntimeInSeconds": 100}},
        """
        StoppingCondition.MaxWaitTimeInSeconds: is required with managed spot training and is
                    missing
            allowed: a whole number of seconds, at least MaxRuntimeInSeconds
        """,
    ),
    "an instance type beside preferences": (
        {
            "ResourceConfig": {
                **P5,
                "VolumeSizeInGB": 30,
                "InstanceCount": 1,
                "InstancePreferences": [P5],
            }
        },
        """
        ResourceConfig.InstanceType: cannot be given together with InstancePreferences
            got:     'ml.p5.48xlarge'
            allowed: InstancePreferences, or InstanceType, InstanceGroups,
                    InstancePlacementConfig, EnableManagedSpotTraining
            fix:     leave out one of the two
        """,
    ),
    "an instance type twice": (
        {
            "ResourceConfig": {
                "VolumeSizeInGB": 30,
                "InstanceCount": 1,
                "InstancePreferences": [P5, P5],
            }
        },
        """
        ResourceConfig.InstancePreferences[1].InstanceType: is the same instance type as that of
                    ResourceConfig.InstancePreferences[0]
            got:     'ml.p5.48xlarge'
            allowed: each instance type once
        """,
    ),
    "a count in the wrong place": (
        {"ResourceConfig": {"VolumeSizeInGB": 30, "InstancePreferences": [P5]}},
        """
        ResourceConfig.InstancePreferences: has InstanceCount in the wrong place
            got:     in 0 of 1 entries, without one in ResourceConfig
            allowed: InstanceCount in every entry, or once in ResourceConfig
        """,
    ),
}


def lock_of(text: str) -> object:
    return RecipeLock.parse(text, shown_as="recipes.lock.json")


def lock_with(*regions: str) -> RecipeLock:
    """A lock whose regions hold different content."""
    document: dict[str, Any] = {"Regions": {}}
    for number, region in enumerate(regions):
        one = lock_document(*small_hub(gated=bool(number)), region)
        document = {**one, "Regions": document["Regions"] | one["Regions"]}
    return RecipeLock.parse(json.dumps(document), shown_as="recipes.lock.json")


def yaml(text: str) -> object:
    return parse_yaml(text, shown_as="sft.yaml")


def deep(levels: int) -> dict[str, Any]:
    found: dict[str, Any] = {"a": 1}
    for _ in range(levels):
        found = {"a": found}
    return found


def for_run(**values: object) -> object:
    spec = OverrideSpec.from_json(SPEC, shown_as="spec")
    return run_value_problems(values, spec, values={}, defaults={}, sequence_length="4K")


def resolved(**layers: object) -> object:
    """What comes of the small hub's recipe and a layer of each name."""
    return resolve(
        TEMPLATE,
        SPEC,
        overrides=layers.get("overrides"),
        hyperparameters=layers.get("hyperparameters"),
    )


def a_recipe(name: str, template: dict[str, object], length: str, types: str) -> LockedRecipe:
    return LockedRecipe(
        name=name,
        technique="SFT",
        peft="LORA",
        sequence_length=length,
        subscription=False,
        image_uri=None,
        instance_types=(types,),
        template=template,
        spec_document={
            "dataset_max_len": {"type": "integer", "default": 1024},
            "name": {"type": "string", "default": "x", "required": True},
            "model_name_or_path": {"type": "string", "default": ""},
        },
    )


def a_model(*recipes: LockedRecipe) -> LockedModel:
    return LockedModel(
        name="tiny-model",
        region="us-west-2",
        hub_name="SageMakerPublicHub",
        hub_content_arn="arn",
        hub_content_version="1.0.0",
        last_modified_time=None,
        gated=False,
        recipes=recipes,
    )


MODEL_OF_TWO = a_model(a_recipe("one", {}, "1K", "ml.p5"), a_recipe("other", {}, "2K", "ml.p5e"))


def of_own_instances(template: dict[str, object], **hyperparameters: object) -> object:
    """What comes of a recipe as a job on own instances has it."""
    model = a_model(a_recipe("one", template, "1K", "ml.p5"))
    props = RecipeProps(
        base_model=model.name,
        technique="SFT",
        training_type="LORA",
        sequence_length=None,
        recipe=None,
        overrides=None,
        hyperparameters=hyperparameters,
        owned={},
    )
    selected = SelectedRecipe(model.recipes[0], model.recipes[0].spec)
    layers = [mapping_layer("hyperparameters", hyperparameters)]
    return RecipeFile().resolve(RecipeRequest(model, selected, layers, props, str))


LEAVES = {"a": {"b": 1, "c": {}}, "d": {"b": 2}}
STEPS = {"save_steps": 10, "max_steps": 100}
# What is written in recipes, their layers, specs and locks.
RECIPES: dict[str, tuple[Callable[[], object], str]] = {
    "a value where keys are": (
        lambda: resolved(overrides={"training_config": {"optim": 5}}),
        """
        overrides.training_config.optim: a mapping of the recipe cannot be replaced by one value
            got:     5
            allowed: its keys: lr, betas
        """,
    ),
    "a word for a number": (
        lambda: resolve({"devices": 8}, overrides={"devices": "eight"}),
        """
        overrides.devices: must be a whole number, as the hub's value is
            got:     'eight' (str)
            allowed: such as the hub's 8
        """,
    ),
    "a section without keys": (
        lambda: resolve({"optim": {"lr": 1}}, recipe="optim:"),
        """
        optim (sft.yaml:1): is an empty section
            allowed: its keys: lr
            fix:     delete it, or write its keys below it
        """,
    ),
    "building blocks of Hydra": (
        lambda: resolve({"a": 1}, recipe="defaults: [/blocks/one]"),
        """
        defaults (sft.yaml:1): is Hydra's list of building blocks, which are not put together here
            fix:     write the values of the blocks into the file and delete the list; 'recipe show'
                    prints the hub's recipe with all its values
        """,
    ),
    "a key of the launcher": (
        lambda: resolve({"a": 1}, recipe="cluster_type: slurm"),
        """
        cluster_type (sft.yaml:1): 'cluster_type' is for the launcher that runs recipes on a
                    cluster: no job reads it
            fix:     delete it
        """,
    ),
    "a placeholder of the hub": (
        lambda: resolve({"a": "{{a}}"}, {"a": {}}, overrides={"a": "{{a}}"}),
        """
        overrides.a: is a placeholder of the hub's template, and no value for 'a'
            got:     '{{a}}'
            fix:     give the value
        """,
    ),
    "text that is read as missing": (
        lambda: resolve({"a": "x"}, overrides={"a": "???"}),
        """
        overrides.a: is what OmegaConf takes for a value that is missing
            got:     '???'
            fix:     write the value, or leave it out
        """,
    ),
    "keys where a value is": (
        lambda: resolved(overrides={"training_config": {"epochs": {"more": 5}}}),
        """
        overrides.training_config.epochs.more: 'training_config.epochs' is a single value in the
                    recipe and has no keys
            fix:     set 'training_config.epochs' itself
        """,
    ),
    "keys in an empty mapping": (
        lambda: resolve(LEAVES, overrides={"a": {"c": {"x": 1}}}),
        """
        overrides.a.c.x: 'a.c' is an empty mapping in the recipe and takes no keys
        """,
    ),
    "a name of several leaves": (
        lambda: resolve(LEAVES, overrides={"b": 5}),
        """
        overrides.b: the name fits 2 leaves of the recipe
            allowed: a.b, d.b
            fix:     write the full path of the one you mean
        """,
    ),
    "a key that the recipe lacks": (
        lambda: resolve(LEAVES, overrides={"a.x": 5}),
        """
        overrides.a.x: the recipe has no such key
            got:     'a.x'
            fix:     did you mean 'a.c'?
        """,
    ),
    "an unknown hyperparameter": (
        lambda: resolved(hyperparameters={"epochz": 1}),
        """
        hyperparameters.epochz: unknown hyperparameter
            got:     'epochz'
            allowed: name, learning_rate, max_epochs, scheduler, chat_template, data_path
            fix:     did you mean 'epochs'?
        """,
    ),
    "an empty mapping for a value": (
        lambda: resolve({"a": 1}, overrides={"a": {}}),
        """
        overrides.a: a single value of the recipe cannot be replaced by a mapping
            got:     {}
        """,
    ),
    "a value twice": (
        lambda: resolved(overrides={"max_epochs": 2, "training_config": {"epochs": 3}}),
        """
        overrides.training_config.epochs: set twice: 'overrides.max_epochs' sets it too
            fix:     keep one of the two
        """,
    ),
    "a value that no layer may set": (
        lambda: resolve(
            TEMPLATE,
            SPEC,
            overrides={"model_type": "x"},
            protected={"model_type": "give 'model'"},
        ),
        """
        overrides.model_type: 'model_type' is not a value that a layer may set
            got:     'x'
            fix:     give 'model'
        """,
    ),
    "a value that no layer may move": (
        lambda: resolve(
            {"run": {"model_type": "${other}"}, "other": "x"},
            overrides={"other": "y"},
            protected={"model_type": "give 'model'"},
        ),
        """
        run.model_type: a layer changes this protected value through an interpolation
            fix:     give 'model'
        """,
    ),
    "a key that is no text": (
        lambda: mapping_layer("overrides", {5: 1}),
        """
        overrides: a key must be non-empty text
            got:     5
        """,
    ),
    "overrides that are none": (
        lambda: mapping_layer("overrides", ["lr"]),
        """
        overrides: must be a mapping of names to values
            got:     list ['lr']
        """,
    ),
    "overrides that are too deep": (
        lambda: mapping_layer("overrides", deep(200)),
        """
        overrides: is nested too deeply, or holds itself
        """,
    ),
    "a number that is none": (
        lambda: resolve({"a": 1}, overrides={"a": float("nan")}),
        """
        overrides.a: must be finite
            got:     nan
        """,
    ),
    "a number that is too large": (
        lambda: resolve({"a": 1}, overrides={"a": 10**400}),
        """
        overrides.a: is too large
            got:     a whole number of 1329 bits
        """,
    ),
    "a key in a list that is no text": (
        lambda: resolve({"a": [1]}, overrides={"a": [{5: 1}]}),
        """
        overrides.a[0]: a key must be text
            got:     5
        """,
    ),
    "a type that no recipe holds": (
        lambda: resolve({"a": 1}, overrides={"a": {1}}),
        """
        overrides.a: a recipe holds text, numbers, true, false, null and lists of them
            got:     set {1}
        """,
    ),
    "no value where one is required": (
        lambda: resolved(hyperparameters={"name": None}),
        """
        hyperparameters.name: a value is required
            got:     null
            allowed: text
        """,
    ),
    "a value of the wrong type": (
        lambda: resolved(hyperparameters={"max_epochs": True}),
        """
        hyperparameters.max_epochs: must be a whole number
            got:     True (bool)
            allowed: a whole number, 1 to 100
        """,
    ),
    "more steps than there are": (
        lambda: resolve(STEPS, overrides={"save_steps": 101}),
        """
        save_steps: must not be greater than max_steps
            got:     save_steps 101, max_steps 100
            allowed: 100 or less
        """,
    ),
    "records longer than the recipe's length": (
        lambda: of_own_instances({"max": "{{dataset_max_len}}"}, dataset_max_len=2048),
        """
        dataset_max_len (hyperparameters): is longer than the recipe's sequence length
            got:     2048
            allowed: 1024 tokens or less (1K)
            fix:     give sequence_length for a recipe of a greater length, where the model has one
        """,
    ),
    "two numbers of instances": (
        lambda: list(
            agreed_count(
                resolve({"trainer": {"num_nodes": 1}}, overrides={"num_nodes": 4}), 2, known=True
            ).problems
        ),
        """
        compute.instance_count: recipe and job would have different numbers of instances
            got:     compute.instance_count 2, trainer.num_nodes 4 (overrides)
            fix:     give one of them: the others follow it
        """,
    ),
    "a value that the file would lack": (
        lambda: of_own_instances({"name": "{{name}}"}, name=""),
        """
        name: is required, and would be empty in the file that the job reads
            fix:     set 'name'
        """,
    ),
    "no model": (
        lambda: of_own_instances({"model_name_or_path": "{{model_name_or_path}}"}),
        """
        model: the lock names no weights of 'tiny-model': the job would have no model
            fix:     take them from the hub: constructs-trainers hub pull --model tiny-model
                    --region us-west-2 --technique SFT; or give the S3 URI of a checkpoint, with
                    base_model_name
        """,
    ),
    "a recipe that does not run on the instances": (
        lambda: [
            type_problem(MODEL_OF_TWO, MODEL_OF_TWO.recipes[0], "compute.instance_type", "ml.p5e")
        ],
        """
        compute.instance_type: the recipe 'one' does not run on this instance type
            got:     'ml.p5e'
            allowed: ml.p5 (one, 1K); ml.p5e (other, 2K)
            fix:     give sequence_length: 2K runs on it
        """,
    ),
    "more tokens than there are": (
        lambda: resolve(
            {"a": "{{max_prompt_length}}", "b": "{{max_response_length}}"},
            {"max_prompt_length": {"default": 10}, "max_response_length": {"default": 10}},
            overrides={"max_prompt_length": 1024},
            sequence_length="1K",
        ),
        """
        max_prompt_length: prompt and response do not fit into the sequence length
            got:     max_prompt_length 1024 + max_response_length 10
            allowed: 1024 tokens together (sequence length 1K)
        """,
    ),
    "an interpolation of nothing": (
        lambda: resolve({"a": 1, "b": "x"}, overrides={"b": "${c}"}),
        """
        b (overrides): the recipe has no key 'c': b -> c
            got:     '${c}'
        """,
    ),
    "an interpolation in a cycle": (
        lambda: resolve({"a": 1, "b": 2}, overrides={"a": "${b}", "b": "${a}"}),
        """
        a (overrides): interpolations refer to each other in a cycle: a -> b -> a
            got:     '${b}'
        b (overrides): interpolations refer to each other in a cycle: b -> a -> b
            got:     '${a}'
        """,
    ),
    "an interpolation that is none": (
        lambda: resolve({"a": 1}, overrides={"a": "${a:"}),
        """
        a (overrides): not a valid interpolation: mismatched input '<EOF>' expecting {INTER_OPEN,
                    BRACE_OPEN, BRACE_CLOSE, QUOTE_OPEN_SINGLE, QUOTE_OPEN_DOUBLE, COMMA,
                    BRACKET_OPEN, COLON, FLOAT, INT, BOOL, NULL, UNQUOTED_CHAR, ID, ESC, WS}
            got:     '${a:'
            fix:     write '\\${' where '${' is plain text
        """,
    ),
    "an interpolation in too many others": (
        lambda: resolve({"a": 1}, overrides={"a": "${" * 60 + "a" + "}" * 60}),
        """
        a (overrides): interpolations are nested too deeply
        """,
    ),
    "a resolver that reads the machine": (
        lambda: resolve({"a": 1}, overrides={"a": "${oc.env:HOME}"}),
        """
        a (overrides): the resolver 'oc.env' is not allowed: a recipe reads neither machine nor
                    clock
            got:     '${oc.env:HOME}'
            allowed: multiply, divide_ceil, divide_floor, add, oc.select
        """,
    ),
    "an unknown resolver": (
        lambda: resolve({"a": 1}, overrides={"a": "${ad:1,2}"}),
        """
        a (overrides): unknown resolver 'ad'
            got:     '${ad:1,2}'
            allowed: multiply, divide_ceil, divide_floor, add, oc.select
            fix:     did you mean 'add'?
        """,
    ),
    "a resolver that is interpolated": (
        lambda: resolve({"a": 1}, overrides={"a": "${${b}:1,2}"}),
        """
        a (overrides): the name of a resolver must be written out, not interpolated
            got:     '${${b}:1,2}'
            allowed: multiply, divide_ceil, divide_floor, add, oc.select
        """,
    ),
    "a number in a text that is not known yet": (
        lambda: resolve(
            {"a": "run-{{n}}"},
            {"n": {"type": "integer", "default": 1}},
            hyperparameters={"n": NUMBER_TOKEN},
        ),
        """
        a (hyperparameters): a CDK number token cannot stand within text or arithmetic: its value is
                    not known
        """,
    ),
    "a spec's entry that is none": (
        lambda: OverrideSpec.from_json({"a": 5}, shown_as="spec"),
        """
        a: an override spec entry must be an object
            got:     5
        """,
    ),
    "a spec's values that are no list": (
        lambda: OverrideSpec.from_json({"a": {"enum": 5}}, shown_as="spec"),
        """
        a.enum: must be a list
            got:     5
        """,
    ),
    "a spec's limit that is no number": (
        lambda: OverrideSpec.from_json({"a": {"min": "5"}}, shown_as="spec"),
        """
        a.min: must be a number
            got:     '5'
        """,
    ),
    "a run's value of no known name": (
        lambda: for_run(epochs=1),
        """
        epochs: is no hyperparameter that may be given to a run
            got:     1
            allowed: name, learning_rate, max_epochs, scheduler, chat_template, data_path
            fix:     did you mean 'max_epochs'?
        """,
    ),
    "a run's value that unsets": (
        lambda: for_run(max_epochs=None),
        """
        max_epochs: cannot be unset for a run
            got:     null
            fix:     leave it out
        """,
    ),
    "a run's value that is not known yet": (
        lambda: for_run(name=STRING_TOKEN),
        """
        name: is only known at deployment
            got:     a CDK token
            fix:     give it to the trainer, or in the execution's input
        """,
    ),
    "a run's value of many digits": (
        lambda: run_value_problems(
            {"seed": 10**15},
            OverrideSpec.from_json({"seed": {"type": "integer"}}, shown_as="spec"),
            values={},
            defaults={},
            sequence_length=None,
        ),
        """
        seed: has more digits than a number keeps
            got:     1000000000000000
            fix:     give it to the trainer, or as text in the execution's input
        """,
    ),
    "a run's value that is a list": (
        lambda: run_value_problems(
            {"seed": [1]},
            OverrideSpec.from_json({"seed": {}}, shown_as="spec"),
            values={},
            defaults={},
            sequence_length=None,
        ),
        """
        seed: cannot be given to a run
            got:     [1]
            allowed: text, a number or a boolean
        """,
    ),
    "a file that is a list": (
        lambda: yaml("- a"),
        """
        sft.yaml: a recipe must be a YAML mapping
            got:     a YAML list
            allowed: nested keys, such as 'training_config:' with its settings below it
        """,
    ),
    "a file that is no YAML": (
        lambda: yaml("a: [b"),
        """
        sft.yaml:2: not valid YAML: while parsing a flow sequence, did not find
                    expected ',' or ']'
        """,
    ),
    "a file with a key twice": (
        lambda: yaml("a: 1\na: 2"),
        """
        a (sft.yaml:2): the key is written twice, first in line 1
            fix:     keep one of the two
        """,
    ),
    "a number that may be another one": (
        lambda: yaml("a: 010"),
        """
        a (sft.yaml:1): may be read as 8, as YAML 1.1 does, or as 10
            got:     010
            fix:     write 8 or 10
        """,
    ),
    "a number that begins with a zero": (
        lambda: yaml("a: 00.5"),
        """
        a (sft.yaml:1): begins with a zero, which YAML 1.1 takes for another base
            got:     00.5
            fix:     write 0.5
        """,
    ),
    "a file with an empty key": (
        lambda: yaml("? [a]\n: 1"),
        """
        sft.yaml (sft.yaml:1): a key must be non-empty text
        """,
    ),
    "a file with a tag": (
        lambda: yaml("a: !!python/none"),
        """
        sft.yaml:1: not valid YAML: the tag 'tag:yaml.org,2002:python/none' is not allowed in a
                    recipe
            got:     'a: !!python/none'
        """,
    ),
    "a file with a merge of a value": (
        lambda: yaml("a:\n  <<: 5"),
        """
        sft.yaml:2: not valid YAML: '<<' takes a mapping or a list of mappings
            got:     '  <<: 5'
        """,
    ),
    "a file with an alias of itself": (
        lambda: yaml("a: &a\n  b: *a"),
        """
        sft.yaml:1: not valid YAML: the anchor holds an alias of itself
            got:     'a: &a'
        """,
    ),
    "a file with a number that is none": (
        lambda: yaml("a: !!int x"),
        """
        a (sft.yaml:1): cannot be read as a YAML int
            got:     x
        """,
    ),
    "a file that is too deep": (
        lambda: yaml("a: " + "[" * 200 + "]" * 200),
        """
        sft.yaml:1: the recipe is nested more than 100 levels deep
        """,
    ),
    "a file that is too long": (
        lambda: yaml("a: [" + "1," * 20_001 + "]"),
        """
        sft.yaml: the recipe has more than 20000 values
        """,
    ),
    "a folder in place of a file": (
        lambda: recipe_file_layer(PACKAGE, shown_as="sft.yaml"),
        """
        sft.yaml: recipe file cannot be read: Is a directory
        """,
    ),
    "a file that is no text": (
        lambda: recipe_file_layer(Path(sys.executable), shown_as="sft.yaml"),
        """
        sft.yaml: recipe file is not UTF-8 text
        """,
    ),
    "two values where one is": (
        lambda: parse_yaml_value("1\nother: 2", shown_as="--set lr"),
        """
        --set lr: expected one value
            got:     '1\\nother: 2'
        """,
    ),
    "a lock that is no JSON": (
        lambda: lock_of("{"),
        """
        recipes.lock.json (recipes.lock.json): the lock file is damaged: not valid JSON (Expecting
                    property name enclosed in double quotes: line 1 column 2 (char 1))
            fix:     restore it from version control, or delete it and write it again with
                    'constructs-trainers hub pull'
        """,
    ),
    "a lock of another version": (
        lambda: lock_of('{"LockVersion": 2}'),
        """
        LockVersion (recipes.lock.json): unknown version of the lock file
            got:     2
            allowed: 1
            fix:     delete it and write it again with this version's 'constructs-trainers hub
                    pull', or install the version of constructs-trainers that wrote it
        """,
    ),
    "a lock with a member missing": (
        lambda: lock_of('{"LockVersion": 1}'),
        """
        Regions (recipes.lock.json): the lock file is damaged: 'Regions' is missing
            fix:     restore it from version control, or delete it and write it again with
                    'constructs-trainers hub pull'
        """,
    ),
    "a folder in place of a lock": (
        lambda: RecipeLock.read(PACKAGE, shown_as="recipes.lock.json"),
        """
        recipes.lock.json (recipes.lock.json): lock file cannot be read: Is a directory
        """,
    ),
    "a model of another region": (
        lambda: lock_with("us-west-2").model(MODEL, "eu-west-1"),
        """
        model (recipes.lock.json): the lock file does not hold 'tiny-model' for this region
            got:     eu-west-1
            allowed: us-west-2
            fix:     constructs-trainers hub pull --model tiny-model --region eu-west-1
        """,
    ),
    "a model that differs by region": (
        lambda: lock_with("us-west-2", "us-east-1").model(MODEL, None),
        """
        model (recipes.lock.json): regions hold different content for 'tiny-model', and the stack's
                    region is unknown
            got:     us-east-1 differs from us-west-2
            fix:     give the stack a region: env=Environment(region=...)
        """,
    ),
}

# Names and places of AWS, wherever they are given.
VALUES: dict[str, tuple[Callable[[], object], str]] = {
    "an ARN that is no text": (
        lambda: arn_problems("role", 5, ROLE),
        """
        role: is not a string
            got:     5
            allowed: arn:<partition>:iam::<account>:role/<name>
        """,
    ),
    "an ARN that is none": (
        lambda: arn_problems("role", "a b", ROLE),
        """
        role: is not the ARN of an IAM role
            got:     'a b'
            allowed: arn:<partition>:iam::<account>:role/<name>
        """,
    ),
    "a part of an ARN": (
        lambda: arn_problems("role", "arn:aws:iam::12:role/x", ROLE),
        """
        role: the account of the ARN of an IAM role is wrong
            got:     'arn:aws:iam::12:role/x'
            allowed: 12 digits
            fix:     write it as arn:<partition>:iam::<account>:role/<name>
        """,
    ),
    "a URI that is no text": (
        lambda: s3.s3_uri_problems("data", 5),
        """
        data: is not a string
            got:     5
            allowed: s3://<bucket>/<key>
        """,
    ),
    "a URI of the web": (
        lambda: s3.s3_uri_problems("data", "https://b.s3.amazonaws.com/k"),
        """
        data: is not an S3 URI
            got:     'https://b.s3.amazonaws.com/k'
            allowed: s3://<bucket>/<key>
            fix:     write 's3://b/k'
        """,
    ),
    "a URI without a bucket": (
        lambda: s3.s3_uri_problems("data", "s3:///key"),
        """
        data: has no bucket
            got:     's3:///key'
            allowed: a bucket of 3 to 63 lower-case letters, digits, dots and hyphens
        """,
    ),
    "a URI with a bucket that cannot be": (
        lambda: s3.s3_uri_problems("data", "s3://Bucket/key"),
        """
        data: has an illegal bucket 'Bucket'
            got:     's3://Bucket/key'
            allowed: a bucket of 3 to 63 lower-case letters, digits, dots and hyphens
        """,
    ),
    "a URI with spaces around it": (
        lambda: s3.s3_uri_problems("data", " s3://bucket "),
        """
        data: has spaces around it, or line breaks or other control characters in it
            got:     ' s3://bucket '
            allowed: s3://<bucket>/<key>
            fix:     write 's3://bucket'
        """,
    ),
    "a URI with a wildcard": (
        lambda: s3.s3_uri_problems("data", "s3://bucket/a/*"),
        """
        data: has *, ? or ${, which S3 takes as they are: a place stands for all that is below it
            got:     's3://bucket/a/*'
            allowed: s3://<bucket>/<key>
            fix:     write 's3://bucket/a'
        """,
    ),
    "a prompt that is no text": (
        lambda: reward_prompt(5, OverrideSpec.from_json({}, shown_as="spec")),
        """
        reward_prompt: must be the name of a preset or an evaluator's ARN
            got:     5
            allowed:
                    arn:<partition>:sagemaker:<region>:<account>:hub-content/<hub>/JsonDoc/<name>/\
                    <version>
        """,
    ),
    "percentages that are none": (
        lambda: data_mixing_problems(
            ct.DataMixingConfig(customer_data_percent=50, nova_data_percentages=cast("Any", [50])),
            lock_with("us-west-2").model(MODEL, "us-west-2"),
            technique="SFT",
            training_type="LORA",
        ),
        """
        data_mixing_config.nova_data_percentages: must be a mapping of categories to percentages
            got:     [50]
            allowed: such as {"code": 60, "math": 40}
        data_mixing_config: data mixing is for Nova models only
            got:     'tiny-model'
            allowed: a Nova model, such as nova-textgeneration-lite-v2
            fix:     leave data_mixing_config out
        """,
    ),
    "a judge of another region": (
        lambda: reward_model_problems("judge", "qwen.qwen3-235b-a22b-2507-v1:0", "us-east-1"),
        """
        judge: this judge is not offered in us-east-1
            got:     'qwen.qwen3-235b-a22b-2507-v1:0'
            allowed: in the regions us-west-2, ap-northeast-1
            fix:     take one that is offered there: openai.gpt-oss-120b-1:0,
                    openai.gpt-oss-20b-1:0, qwen.qwen3-32b-v1:0, qwen.qwen3-coder-30b-a3b-v1:0
        """,
    ),
    "a reward that is neither": (
        lambda: reward_function_problems("reward", "x"),
        """
        reward: is neither the ARN of an evaluator nor of a Lambda function
            got:     'x'
            allowed:
                    arn:<partition>:sagemaker:<region>:<account>:hub-content/<hub>/JsonDoc/<name>/\
                    <version>,
                    or arn:<partition>:lambda:<region>:<account>:function:<name>[:<qualifier>]
        """,
    ),
    "an operation that the API lacks": (
        lambda: request_problems({}, "CreateTrainingJobb"),
        """
        operation: SageMaker's API has no such operation
            got:     'CreateTrainingJobb'
            fix:     did you mean 'CreateTrainingJob'?
        """,
    ),
    "tags that are no text": (
        lambda: normalise_tags({5: "v"})[1],
        """
        tags.5: a tag's key must be text
            got:     5
            allowed: a string
            fix:     write it as text: '5'
        """,
    ),
}


NOT_SHOWN = {
    "is a FIFO queue, which EventBridge takes for no dead-letter queue": (
        "it takes a queue: resources/test_made_resources.py"
    ),
    "is needed for connections: without it jobs are in no network of yours": (
        "a property says it: resources/test_made_resources.py"
    ),
    "is shared by more trainers than its policies have room for": (
        "it takes dozens of trainers: resources/test_role_policies.py"
    ),
    "has more in its inline policies than IAM takes, with what its trainers need": (
        "the CDK puts its own words around it: resources/test_role_policies.py"
    ),
    "is a key that AWS services do not encrypt with": (
        "it takes a key: resources/test_made_resources.py"
    ),
    "is an alias, which CloudWatch Logs does not take": (
        "it takes an alias: resources/test_made_resources.py"
    ),
    "goes on from a train() whose state is in no state machine": (
        "the CDK puts its own words around it: runs/test_train_state.py"
    ),
}
"""Messages that no row shows, each with the reason."""


SIZE = re.compile(r"(got: +(?:some )?)\d+(?:,\d{3})+")


def unwrapped(text: str) -> str:
    """A table's text, with lines that go on below made one."""
    lines = re.sub(r"\n {12,}", " ", textwrap.dedent(text))
    return re.sub(r" {12,}", "", lines).strip("\n")


def told(given: Callable[[], object]) -> str:
    """All problems of what is given, as they are shown."""
    try:
        result: object = given()
    except ConstructsTrainersError as error:
        result = list(error.problems)
    except TypeError as error:
        result = [error]
    assert isinstance(result, list), "nothing was refused"
    return SIZE.sub(r"\1N", "\n".join(map(str, result)))


@pytest.mark.parametrize("name", PROPS)
def test_what_is_wrong_with_props_is_said(make_trainer: TrainerMaker, name: str) -> None:
    props, text = PROPS[name]
    assert told(partial(make_trainer, **props)) == unwrapped(text)


@pytest.mark.parametrize("name", OWN_INSTANCES)
def test_what_is_wrong_on_own_instances_is_said(make_trainer: TrainerMaker, name: str) -> None:
    props, text = OWN_INSTANCES[name]
    given: dict[str, Any] = {"hub": "own instances", "compute": own_instances(), **props}
    assert told(partial(make_trainer, **given)) == unwrapped(text)


@pytest.mark.parametrize("name", TRAINERS)
def test_what_is_wrong_with_a_trainer_is_said(make_trainer: TrainerMaker, name: str) -> None:
    given, text = TRAINERS[name]
    assert told(partial(given, make_trainer)) == unwrapped(text)


@pytest.mark.parametrize("name", TRAIN)
def test_what_is_wrong_with_a_run_is_said(make_trainer: TrainerMaker, name: str) -> None:
    arguments, text = TRAIN[name]
    assert told(partial(make_trainer().train, **arguments)) == unwrapped(text)


@pytest.mark.parametrize("name", PIPELINES)
def test_what_is_wrong_with_a_pipeline_is_said(make_trainer: TrainerMaker, name: str) -> None:
    given, text = PIPELINES[name]
    assert told(partial(given, make_trainer)) == unwrapped(text)


@pytest.mark.parametrize("name", REQUESTS)
def test_what_is_wrong_with_a_request_is_said(name: str) -> None:
    members, text = REQUESTS[name]
    assert told(partial(request_problems, {**BASE, **members})) == unwrapped(text)


@pytest.mark.parametrize("name", RECIPES)
def test_what_is_wrong_with_a_recipe_is_said(name: str) -> None:
    given, text = RECIPES[name]
    assert told(given) == unwrapped(text)


@pytest.mark.parametrize("name", VALUES)
def test_what_is_wrong_with_a_name_or_place_is_said(name: str) -> None:
    given, text = VALUES[name]
    assert told(given) == unwrapped(text)


TABLES: tuple[dict[str, Any], ...] = (
    PROPS,
    OWN_INSTANCES,
    TRAINERS,
    TRAIN,
    PIPELINES,
    REQUESTS,
    RECIPES,
    VALUES,
)


def not_met() -> list[str]:
    """The messages of the sources that no row shows."""
    lines = [line for table in TABLES for _, text in table.values() for line in shown(text)]
    return sorted(
        message.text
        for message in written_messages(PACKAGE, ROOMS)
        if not any(message.pattern.fullmatch(line) for line in lines)
    )


def shown(text: str) -> list[str]:
    """The messages among the lines of a text, without the places before them."""
    lines = [line for line in unwrapped(text).splitlines() if not line.startswith(" ")]
    return [message for line in lines for message in (line, *ends(line))]


def ends(line: str) -> list[str]:
    return [line[match.end() :] for match in re.finditer(": ", line)]


def test_every_message_is_in_a_table_or_has_a_reason_not_to_be() -> None:
    assert not_met() == sorted(NOT_SHOWN)
