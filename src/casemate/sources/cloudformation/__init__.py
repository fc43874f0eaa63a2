"""CloudFormation templates, YAML and JSON; also those that SAM extends and that CDK synthesises.

`template.py` takes a parsed file apart, `intrinsics.py` resolves every function, `conditions.py` judges conditions,
`loops.py` unrolls
`Fn::ForEach`, `source.py` reads files and joins nested stacks. `casemate.sources.sam` expands what SAM implies.
"""
