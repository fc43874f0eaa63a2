# Part of the sample system, vulnerable on purpose: scanned, never run.
import os
import subprocess
from urllib.parse import unquote_plus

import boto3
from casemate_guard import guard

s3 = boto3.client("s3")


@guard()  # reads guard-policy.json, which `casemate guard build` made
def render(event, context):
    for record in event["Records"]:
        key = unquote_plus(record["s3"]["object"]["key"])
        s3.get_object(Bucket=os.environ["DOCUMENTS"], Key=key)
        page = subprocess.check_output(f'render --title "{key}" /tmp/invoice', shell=True)
        s3.put_object(Bucket=os.environ["DOCUMENTS"], Key=f"rendered/{key}", Body=page)
