"""Changes of CloudFormation templates."""

from __future__ import annotations

from tests.edits.edit_cases import CFN, Case, set_

from casemate.model.finding import Change

CASES: dict[str, Case] = {
    # -- CloudFormation, YAML -------------------------------------------------------------------------------------------
    "block: replace a scalar, the comment stays": (
        CFN,
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              StorageEncrypted: false  # for now
              Engine: postgres
        """,
        set_("template.yaml#Db", "StorageEncrypted", value=True),
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              StorageEncrypted: true  # for now
              Engine: postgres
        """,
    ),
    "block: keep double quotes": (
        CFN,
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              AccessControl: "PublicRead"
        """,
        set_("template.yaml#Files", "AccessControl", "Private"),
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              AccessControl: "Private"
        """,
    ),
    "block: add a key behind a nested block and its comment": (
        CFN,
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              Engine: postgres
              Tags:
                - Key: a
                  Value: b  # the last line
          # about the next one
          Other:
            Type: AWS::S3::Bucket
        """,
        set_("template.yaml#Db", "StorageEncrypted", value=True),
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              Engine: postgres
              Tags:
                - Key: a
                  Value: b  # the last line
              StorageEncrypted: true
          # about the next one
          Other:
            Type: AWS::S3::Bucket
        """,
    ),
    "block: add a key behind a block scalar, before what follows it": (
        CFN,
        """
        Resources:
          Hello:
            Type: AWS::Lambda::Function
            Properties:
              Handler: index.handler
              Code:
                ZipFile: |
                  def handler(event, context):

                      return 1

          # about the next one
          Other:
            Type: AWS::S3::Bucket
        """,
        set_("template.yaml#Hello", "TracingConfig.Mode", "Active"),
        """
        Resources:
          Hello:
            Type: AWS::Lambda::Function
            Properties:
              Handler: index.handler
              Code:
                ZipFile: |
                  def handler(event, context):

                      return 1
              TracingConfig:
                Mode: Active

          # about the next one
          Other:
            Type: AWS::S3::Bucket
        """,
    ),
    "block: make the properties": (
        CFN,
        """
        Resources:
            Files:
                Type: AWS::S3::Bucket
        """,
        set_(
            "template.yaml#Files",
            "PublicAccessBlockConfiguration",
            {"BlockPublicAcls": True, "IgnorePublicAcls": True},
        ),
        """
        Resources:
            Files:
                Type: AWS::S3::Bucket
                Properties:
                    PublicAccessBlockConfiguration:
                        BlockPublicAcls: true
                        IgnorePublicAcls: true
        """,
    ),
    "block: merge a map into one that is there": (
        CFN,
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              PublicAccessBlockConfiguration:
                BlockPublicAcls: false
        """,
        set_(
            "template.yaml#Files",
            "PublicAccessBlockConfiguration",
            {"BlockPublicAcls": True, "IgnorePublicAcls": True},
        ),
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              PublicAccessBlockConfiguration:
                BlockPublicAcls: true
                IgnorePublicAcls: true
        """,
    ),
    "flow: add in brackets": (
        CFN,
        """
        Resources:
          Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres}}
        """,
        set_("template.yaml#Db", "StorageEncrypted", value=True),
        """
        Resources:
          Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, StorageEncrypted: true}}
        """,
    ),
    "flow: into empty brackets": (
        CFN,
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties: {}
        """,
        set_("template.yaml#Db", "StorageEncrypted", value=True),
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties: {StorageEncrypted: true}
        """,
    ),
    "list: the only element is meant": (
        CFN,
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              BucketEncryption:
                ServerSideEncryptionConfiguration:
                  - ServerSideEncryptionByDefault:
                      SSEAlgorithm: AES256
        """,
        set_(
            "template.yaml#Files",
            "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault.SSEAlgorithm",
            "aws:kms",
        ),
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              BucketEncryption:
                ServerSideEncryptionConfiguration:
                  - ServerSideEncryptionByDefault:
                      SSEAlgorithm: aws:kms
        """,
    ),
    "list: a numbered element": (
        CFN,
        """
        Resources:
          Group:
            Type: AWS::EC2::SecurityGroup
            Properties:
              SecurityGroupIngress:
                - {CidrIp: 10.0.0.0/8, IpProtocol: tcp}
                - CidrIp: 0.0.0.0/0
                  IpProtocol: tcp
        """,
        set_("template.yaml#Group", "SecurityGroupIngress.1.CidrIp", "10.1.0.0/16"),
        """
        Resources:
          Group:
            Type: AWS::EC2::SecurityGroup
            Properties:
              SecurityGroupIngress:
                - {CidrIp: 10.0.0.0/8, IpProtocol: tcp}
                - CidrIp: '10.1.0.0/16'
                  IpProtocol: tcp
        """,
    ),
    "list: add an element": (
        CFN,
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              EnableCloudwatchLogsExports:
                - postgresql
              Engine: postgres
        """,
        Change("template.yaml#Db", "add", ("EnableCloudwatchLogsExports",), "upgrade"),
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              EnableCloudwatchLogsExports:
                - postgresql
                - upgrade
              Engine: postgres
        """,
    ),
    "list: add an element in brackets": (
        CFN,
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties: {EnableCloudwatchLogsExports: [postgresql]}
        """,
        Change("template.yaml#Db", "add", ("EnableCloudwatchLogsExports",), "upgrade"),
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties: {EnableCloudwatchLogsExports: [postgresql, upgrade]}
        """,
    ),
    "list: make it": (
        CFN,
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              Engine: postgres
        """,
        Change("template.yaml#Db", "add", ("EnableCloudwatchLogsExports",), "upgrade"),
        """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              Engine: postgres
              EnableCloudwatchLogsExports:
                - upgrade
        """,
    ),
    "remove: a line": (
        CFN,
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              AccessControl: PublicRead
              BucketName: files
        """,
        Change("template.yaml#Files", "remove", ("AccessControl",)),
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              BucketName: files
        """,
    ),
    "remove: a section that would be empty goes as well": (
        CFN,
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              AccessControl: PublicRead
          Other:
            Type: AWS::SQS::Queue
        """,
        Change("template.yaml#Files", "remove", ("AccessControl",)),
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
          Other:
            Type: AWS::SQS::Queue
        """,
    ),
    "remove: from brackets": (
        CFN,
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties: {BucketName: files, AccessControl: PublicRead}
        """,
        Change("template.yaml#Files", "remove", ("AccessControl",)),
        """
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties: {BucketName: files}
        """,
    ),
    "remove: an element of a list": (
        CFN,
        """
        Resources:
          Group:
            Type: AWS::EC2::SecurityGroup
            Properties:
              SecurityGroupIngress:
                - CidrIp: 0.0.0.0/0
                  IpProtocol: tcp
                - {CidrIp: 10.0.0.0/8, IpProtocol: tcp}
        """,
        Change("template.yaml#Group", "remove", ("SecurityGroupIngress", "0")),
        """
        Resources:
          Group:
            Type: AWS::EC2::SecurityGroup
            Properties:
              SecurityGroupIngress:
                - {CidrIp: 10.0.0.0/8, IpProtocol: tcp}
        """,
    ),
    "companion: the URL of a function": (
        CFN,
        """
        Resources:
          Hello:
            Type: AWS::Lambda::Function
            Properties: {Handler: a.b}
          HelloUrl:
            Type: AWS::Lambda::Url
            Properties:
              TargetFunctionArn: !GetAtt Hello.Arn
              AuthType: NONE
        """,
        set_("template.yaml#Hello", "FunctionUrlConfig.AuthType", "AWS_IAM"),
        """
        Resources:
          Hello:
            Type: AWS::Lambda::Function
            Properties: {Handler: a.b}
          HelloUrl:
            Type: AWS::Lambda::Url
            Properties:
              TargetFunctionArn: !GetAtt Hello.Arn
              AuthType: AWS_IAM
        """,
    ),
    # -- CloudFormation, JSON -------------------------------------------------------------------------------------------
    "json: add with a comma": (
        "template.json",
        """
        {
          "Resources": {
            "Db": {
              "Type": "AWS::RDS::DBInstance",
              "Properties": {
                "Engine": "postgres"
              }
            }
          }
        }
        """,
        set_("template.json#Db", "StorageEncrypted", value=True),
        """
        {
          "Resources": {
            "Db": {
              "Type": "AWS::RDS::DBInstance",
              "Properties": {
                "Engine": "postgres",
                "StorageEncrypted": true
              }
            }
          }
        }
        """,
    ),
    "json: make sections": (
        "template.json",
        """
        {
            "Resources": {
                "Files": {
                    "Type": "AWS::S3::Bucket"
                }
            }
        }
        """,
        set_("template.json#Files", "VersioningConfiguration.Status", "Enabled"),
        """
        {
            "Resources": {
                "Files": {
                    "Type": "AWS::S3::Bucket",
                    "Properties": {
                        "VersioningConfiguration": {
                            "Status": "Enabled"
                        }
                    }
                }
            }
        }
        """,
    ),
    "json: on one line": (
        "template.json",
        '{"Resources": {"Db": {"Type": "AWS::RDS::DBInstance", "Properties": {"StorageEncrypted": "false"}}}}\n',
        set_("template.json#Db", "StorageEncrypted", value=True),
        '{"Resources": {"Db": {"Type": "AWS::RDS::DBInstance", "Properties": {"StorageEncrypted": true}}}}\n',
    ),
}
