from __future__ import annotations

from tests.sources.lowering_values import Plain, lowered, plain, properties, raw


def test_a_block_is_a_rule_for_each_address() -> None:
    group = raw(
        "aws_security_group.g",
        {
            "name": "web",
            "description": "web",
            "vpc_id": "${aws_vpc.v.id}",
            "ingress": [
                {
                    "from_port": 443,
                    "to_port": 443,
                    "protocol": "tcp",
                    "cidr_blocks": ["10.0.0.0/8", "0.0.0.0/0"],
                    "ipv6_cidr_blocks": ["::/0"],
                },
                {"from_port": 0, "to_port": 0, "protocol": "-1", "self": True},
            ],
        },
    )
    limits = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    assert properties(raw("aws_vpc.v"), group, of="aws_security_group.g") == {
        "GroupName": "web",
        "GroupDescription": "web",
        "VpcId": "${aws_vpc.v}",
        "SecurityGroupIngress": [
            {**limits, "CidrIp": "10.0.0.0/8"},
            {**limits, "CidrIp": "0.0.0.0/0"},
            {**limits, "CidrIpv6": "::/0"},
            {
                "IpProtocol": "-1",
                "FromPort": 0,
                "ToPort": 0,
                "SourceSecurityGroupId": "${aws_security_group.g.GroupId}",
            },
        ],
        "SecurityGroupEgress": [],
    }


def test_rules_of_their_own() -> None:
    group = raw(
        "aws_security_group.g",
        {"egress": [{"from_port": 0, "to_port": 0, "protocol": "-1", "cidr_blocks": ["0.0.0.0/0"]}]},
    )
    owner = "${aws_security_group.g.id}"
    old = raw("aws_security_group_rule.o", {"type": "ingress", "security_group_id": owner, "from_port": 22, "to_port": 22, "protocol": "tcp",
                                            "cidr_blocks": ["0.0.0.0/0", "10.0.0.0/8"]})  # fmt: skip
    new = raw(
        "aws_vpc_security_group_egress_rule.n",
        {"security_group_id": owner, "ip_protocol": "-1", "cidr_ipv4": "0.0.0.0/0"},
    )
    made = lowered(group, old, new)
    limits = {"GroupId": "${aws_security_group.g.GroupId}", "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    assert made["aws_security_group_rule.o"].type == "AWS::EC2::SecurityGroupIngress"
    assert plain(made["aws_security_group_rule.o"].properties) == {**limits, "CidrIp": "0.0.0.0/0"}
    assert plain(made["aws_security_group_rule.o/2"].properties) == {**limits, "CidrIp": "10.0.0.0/8"}
    assert made["aws_vpc_security_group_egress_rule.n"].type == "AWS::EC2::SecurityGroupEgress"
    assert plain(made["aws_vpc_security_group_egress_rule.n"].properties) == {
        "GroupId": "${aws_security_group.g.GroupId}",
        "CidrIp": "0.0.0.0/0",
        "IpProtocol": "-1",
    }


def test_routes_and_gateways_are_resources_of_their_own() -> None:
    made = lowered(
        raw("aws_vpc.v"),
        raw("aws_internet_gateway.i", {"vpc_id": "${aws_vpc.v.id}"}),
        raw(
            "aws_route_table.t",
            {
                "vpc_id": "${aws_vpc.v.id}",
                "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "${aws_internet_gateway.i.id}"}],
            },
        ),
    )
    assert plain(made["aws_internet_gateway.i/attachment"].properties) == {
        "InternetGatewayId": "${aws_internet_gateway.i}",
        "VpcId": "${aws_vpc.v}",
    }
    route = made["aws_route_table.t/route/1"]
    assert route.type == "AWS::EC2::Route"
    assert plain(route.properties) == {
        "RouteTableId": "${aws_route_table.t}",
        "DestinationCidrBlock": "0.0.0.0/0",
        "GatewayId": "${aws_internet_gateway.i}",
    }


def test_entries_of_an_acl() -> None:
    acl = raw(
        "aws_network_acl.a",
        {
            "egress": [
                {
                    "rule_no": 100,
                    "action": "allow",
                    "protocol": "-1",
                    "cidr_block": "0.0.0.0/0",
                    "from_port": 0,
                    "to_port": 0,
                }
            ]
        },
    )
    made = lowered(acl)["aws_network_acl.a/egress/1"]
    assert made.type == "AWS::EC2::NetworkAclEntry"
    assert plain(made.properties) == {
        "NetworkAclId": "${aws_network_acl.a}",
        "Egress": True,
        "RuleNumber": 100,
        "RuleAction": "allow",
        "Protocol": "-1",
        "CidrBlock": "0.0.0.0/0",
        "PortRange": {"From": 0, "To": 0},
    }


def test_a_balancer_by_either_name() -> None:
    attributes: dict[str, Plain] = {
        "internal": True,
        "drop_invalid_header_fields": True,
        "access_logs": [{"bucket": "logs", "enabled": True}],
    }
    made = lowered(raw("aws_lb.a", dict(attributes)), raw("aws_alb.b", dict(attributes)))
    for key in made:
        assert made[key].type == "AWS::ElasticLoadBalancingV2::LoadBalancer"
        assert plain(made[key].properties) == {
            "Scheme": "internal",
            "LoadBalancerAttributes": [
                {"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "true"},
                {"Key": "access_logs.s3.enabled", "Value": "true"},
                {"Key": "access_logs.s3.bucket", "Value": "logs"},
            ],
        }


def test_the_parts_of_a_rest_api() -> None:
    api = raw("aws_api_gateway_rest_api.a", {"name": "shop"})
    place = raw("aws_api_gateway_resource.r", {"rest_api_id": "${aws_api_gateway_rest_api.a.id}", "path_part": "orders",
                                               "parent_id": "${aws_api_gateway_rest_api.a.root_resource_id}"})  # fmt: skip
    where = {"rest_api_id": "${aws_api_gateway_rest_api.a.id}", "resource_id": "${aws_api_gateway_resource.r.id}"}
    get = raw("aws_api_gateway_method.get", {**where, "http_method": "GET", "authorization": "NONE"})
    post = raw("aws_api_gateway_method.post", {**where, "http_method": "POST", "authorization": "AWS_IAM"})
    call = {"type": "AWS_PROXY", "integration_http_method": "POST", "uri": "${aws_lambda_function.f.invoke_arn}"}
    by_reference = raw(
        "aws_api_gateway_integration.g", {**where, **call, "http_method": "${aws_api_gateway_method.get.http_method}"}
    )
    by_verb = raw("aws_api_gateway_integration.p", {**where, "http_method": "POST", "type": "MOCK"})
    stage = raw(
        "aws_api_gateway_stage.s",
        {"rest_api_id": "${aws_api_gateway_rest_api.a.id}", "stage_name": "prod", "xray_tracing_enabled": True},
    )
    settings = raw("aws_api_gateway_method_settings.m", {"rest_api_id": "${aws_api_gateway_rest_api.a.id}", "method_path": "*/*",
        "stage_name": "${aws_api_gateway_stage.s.stage_name}", "settings": [{"logging_level": "INFO", "throttling_rate_limit": 10}]})  # fmt: skip
    permission = raw("aws_lambda_permission.p", {"source_arn": "${aws_api_gateway_rest_api.a.execution_arn}/*/*"})
    made = lowered(
        api, place, get, post, by_reference, by_verb, stage, settings, permission, raw("aws_lambda_function.f")
    )
    assert "aws_api_gateway_integration.g" not in made
    assert plain(made["aws_api_gateway_resource.r"].properties) == {
        "RestApiId": "${aws_api_gateway_rest_api.a}",
        "ParentId": "${aws_api_gateway_rest_api.a.RootResourceId}",
        "PathPart": "orders",
    }
    invoke = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${aws_lambda_function.f.Arn}/invocations"
    assert plain(made["aws_api_gateway_method.get"].properties) == {
        "AuthorizationType": "NONE",
        "HttpMethod": "GET",
        "ResourceId": "${aws_api_gateway_resource.r}",
        "RestApiId": "${aws_api_gateway_rest_api.a}",
        "Integration": {"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "Uri": invoke},
    }
    other = plain(made["aws_api_gateway_method.post"].properties)
    assert isinstance(other, dict)
    assert other["Integration"] == {"Type": "MOCK"}
    assert plain(made["aws_api_gateway_stage.s"].properties) == {
        "TracingEnabled": True,
        "RestApiId": "${aws_api_gateway_rest_api.a}",
        "StageName": "prod",
        "MethodSettings": [
            {"LoggingLevel": "INFO", "ThrottlingRateLimit": 10, "ResourcePath": "/*", "HttpMethod": "*"}
        ],
    }
    assert plain(made["aws_lambda_permission.p"].properties) == {
        "SourceArn": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${aws_api_gateway_rest_api.a}/*/*"
    }


def test_routes_of_an_http_api() -> None:
    made = lowered(
        raw("aws_apigatewayv2_api.a", {"name": "shop", "protocol_type": "HTTP", "cors_configuration": [{"allow_origins": ["*"]}]}),
        raw("aws_apigatewayv2_integration.i", {"api_id": "${aws_apigatewayv2_api.a.id}", "integration_type": "AWS_PROXY", "integration_uri": "u"}),
        raw("aws_apigatewayv2_route.r", {"api_id": "${aws_apigatewayv2_api.a.id}", "route_key": "GET /", "target": "integrations/${aws_apigatewayv2_integration.i.id}"}),
        raw("aws_apigatewayv2_stage.s", {"api_id": "${aws_apigatewayv2_api.a.id}", "name": "$default", "auto_deploy": True,
            "route_settings": [{"route_key": "GET /", "throttling_rate_limit": 5}]}),
    )  # fmt: skip
    assert plain(made["aws_apigatewayv2_api.a"].properties) == {
        "CorsConfiguration": {"AllowOrigins": ["*"]},
        "Name": "shop",
        "ProtocolType": "HTTP",
    }
    assert plain(made["aws_apigatewayv2_route.r"].properties) == {
        "ApiId": "${aws_apigatewayv2_api.a}",
        "RouteKey": "GET /",
        "Target": "integrations/${aws_apigatewayv2_integration.i}",
    }
    assert plain(made["aws_apigatewayv2_stage.s"].properties) == {
        "StageName": "$default",
        "ApiId": "${aws_apigatewayv2_api.a}",
        "AutoDeploy": True,
        "RouteSettings": {"GET /": {"ThrottlingRateLimit": 5}},
    }


def test_answers_of_an_integration_stand_in_the_method() -> None:
    where = {"rest_api_id": "api", "resource_id": "${aws_api_gateway_resource.r.id}"}
    method = raw("aws_api_gateway_method.o", {**where, "http_method": "OPTIONS", "authorization": "NONE"})
    integration = raw("aws_api_gateway_integration.o", {**where, "http_method": "OPTIONS", "type": "MOCK"})
    header: dict[str, Plain] = {"method.response.header.Access-Control-Allow-Origin": "'*'"}
    answer = raw(
        "aws_api_gateway_integration_response.o",
        {
            **where,
            "http_method": "${aws_api_gateway_method.o.http_method}",
            "status_code": "200",
            "response_parameters": header,
        },
    )
    made = lowered(method, integration, answer, raw("aws_api_gateway_resource.r", {"rest_api_id": "api"}))
    assert "aws_api_gateway_integration_response.o" not in made
    assert plain(made["aws_api_gateway_method.o"].properties.get("Integration")) == {
        "Type": "MOCK",
        "IntegrationResponses": [{"StatusCode": "200", "ResponseParameters": header}],
    }
