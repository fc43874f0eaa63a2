"""Changes of SAM templates, services of the Serverless Framework and ARM templates."""

from __future__ import annotations

from tests.edits.edit_cases import ARM, SAM, SLS, TRANSFORM, Case, set_, text

CASES: dict[str, Case] = {
    # -- SAM ------------------------------------------------------------------------------------------------------------
    "sam: the URL's own section": (
        SAM,
        TRANSFORM
        + text("""
        Resources:
          Hello:
            Type: AWS::Serverless::Function
            Properties:
              FunctionUrlConfig:
                AuthType: NONE
              Handler: a.b
        """),
        set_("template.yaml#Hello", "FunctionUrlConfig.AuthType", "AWS_IAM"),
        TRANSFORM
        + text("""
        Resources:
          Hello:
            Type: AWS::Serverless::Function
            Properties:
              FunctionUrlConfig:
                AuthType: AWS_IAM
              Handler: a.b
        """),
    ),
    "sam: a property that SAM calls otherwise": (
        SAM,
        TRANSFORM
        + text("""
        Resources:
          Hello:
            Type: AWS::Serverless::Function
            Properties:
              Handler: a.b
        """),
        set_("template.yaml#Hello", "TracingConfig.Mode", "Active"),
        TRANSFORM
        + text("""
        Resources:
          Hello:
            Type: AWS::Serverless::Function
            Properties:
              Handler: a.b
              Tracing: Active
        """),
    ),
    "sam: the stage of an API": (
        SAM,
        TRANSFORM
        + text("""
        Resources:
          Api:
            Type: AWS::Serverless::Api
            Properties: {StageName: prod}
        """),
        set_("template.yaml#Api", "TracingEnabled", value=True),
        TRANSFORM
        + text("""
        Resources:
          Api:
            Type: AWS::Serverless::Api
            Properties: {StageName: prod, TracingEnabled: true}
        """),
    ),
    "sam: override Globals at the resource": (
        SAM,
        TRANSFORM
        + text("""
        Globals:
          Function: {Runtime: nodejs12.x}
        Resources:
          Hello:
            Type: AWS::Serverless::Function
            Properties:
              Handler: a.b
        """),
        set_("template.yaml#Hello", "Runtime", "nodejs24.x"),
        TRANSFORM
        + text("""
        Globals:
          Function: {Runtime: nodejs12.x}
        Resources:
          Hello:
            Type: AWS::Serverless::Function
            Properties:
              Handler: a.b
              Runtime: nodejs24.x
        """),
    ),
    # -- Serverless Framework -------------------------------------------------------------------------------------------
    "serverless: a flag becomes a section": (
        SLS,
        """
        service: shop
        provider: {name: aws}
        functions:
          hello:
            url: true
            handler: a.b
        """,
        set_("serverless.yml#HelloLambdaFunction", "FunctionUrlConfig.AuthType", "AWS_IAM"),
        """
        service: shop
        provider: {name: aws}
        functions:
          hello:
            url:
              authorizer: aws_iam
            handler: a.b
        """,
    ),
    "serverless: override the provider at the function": (
        SLS,
        """
        service: shop
        provider: {name: aws, runtime: nodejs12.x}
        functions:
          hello:
            handler: a.b
        """,
        set_("serverless.yml#HelloLambdaFunction", "Runtime", "nodejs24.x"),
        """
        service: shop
        provider: {name: aws, runtime: nodejs12.x}
        functions:
          hello:
            handler: a.b
            runtime: nodejs24.x
        """,
    ),
    "serverless: a declared resource is CloudFormation": (
        SLS,
        """
        service: shop
        provider: {name: aws}
        resources:
          Resources:
            Files:
              Type: AWS::S3::Bucket
        """,
        set_("serverless.yml#Files", "VersioningConfiguration.Status", "Enabled"),
        """
        service: shop
        provider: {name: aws}
        resources:
          Resources:
            Files:
              Type: AWS::S3::Bucket
              Properties:
                VersioningConfiguration:
                  Status: Enabled
        """,
    ),
    # -- ARM ------------------------------------------------------------------------------------------------------------
    "arm: add and keep comments": (
        ARM,
        """
        {
          "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
          "contentVersion": "1.0.0.0",
          "resources": [
            {
              "type": "Microsoft.Web/sites", // the app
              "apiVersion": "2023-12-01",
              "name": "shop",
              "kind": "functionapp",
              "properties": {
                "siteConfig": {"ftpsState": "AllAllowed"}
              }
            }
          ]
        }
        """,
        set_("azuredeploy.json#Microsoft.Web/sites/shop", "properties.httpsOnly", value=True),
        """
        {
          "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
          "contentVersion": "1.0.0.0",
          "resources": [
            {
              "type": "Microsoft.Web/sites", // the app
              "apiVersion": "2023-12-01",
              "name": "shop",
              "kind": "functionapp",
              "properties": {
                "siteConfig": {"ftpsState": "AllAllowed"},
                "httpsOnly": true
              }
            }
          ]
        }
        """,
    ),
}
