"""Controllers of Nest, and decorators that may be left out."""

from __future__ import annotations

import shutil

import pytest
from tests.prove.prove_applications import proven

from casemate.prove.controllers import may_go, parameters_of

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")

NEST = """
import { exec, execFile } from 'child_process';
import { Body, Controller, Get, Param, ParseIntPipe, Post, Query } from '@nestjs/common';
import { Tools } from './tools';
import { OwnPipe } from './pipe';

@Controller('x')
export class X {
  constructor(private readonly tools: Tools) {}

  @Get(':id')
  find(@Param('id') id: string, @Query('n', ParseIntPipe) n: number) {
    this.tools.run(id);
    this.tools.safe(id);
    exec('ls ' + n);
  }

  @Post()
  async create(@Body('name') name: string) {
    return '<p>' + exec('ls ' + name);
  }
OWN
}
"""
TOOLS = """
import { exec, execFile } from 'child_process';
import { Injectable } from '@nestjs/common';
@Injectable()
export class Tools {
  run(name: string) { exec('ls ' + name); }
  safe(name: string) { execFile('ls', [name]); }
}
"""


def controller(own: str = "") -> dict[str, str]:
    return {"x.controller.ts": NEST.replace("OWN", own).lstrip("\n"), "tools.ts": TOOLS.lstrip("\n")}


@pytest.mark.slow
@needs_node
def test_a_controller_is_called_with_what_its_decorators_name() -> None:
    assert [one for one in proven(controller()) if one.startswith("command")] == [
        "command:19 confirmed",
        "command:5 confirmed",
    ]


@pytest.mark.slow
@needs_node
def test_a_pipe_of_the_user_is_not_left_out() -> None:
    own = "  @Get('own')\n  own(@Query('a', OwnPipe) a: string) { exec('ls ' + a); }\n"
    assert "command:22 not-runnable" in proven(controller(own))


@pytest.mark.slow
@needs_node
def test_validation_of_the_framework_is_not_guessed() -> None:
    files = controller("  @Post('own')\n  own(@Body() dto: Dto) { exec('ls ' + dto.a); }\n")
    files["x.controller.ts"] = files["x.controller.ts"].replace(
        "@Controller", "class Dto { a: string; }\n@Controller", 1
    )
    assert "command:23 confirmed" in proven(files)
    files["package.json"] = '{"dependencies": {"class-validator": "0.14"}}'
    assert "command:23 not-runnable" in proven(files)


@pytest.mark.slow
@needs_node
def test_a_handler_in_a_class_with_decorators_of_powertools() -> None:
    code = """
import { Tracer } from '@aws-lambda-powertools/tracer';
import { execSync } from 'child_process';
const tracer = new Tracer({ serviceName: 's' });
class Lambda {
  @tracer.captureLambdaHandler()
  public async handler(event: any, _context: unknown): Promise<void> {
    execSync('ls ' + event.queryStringParameters.a);
  }
}
const lambda = new Lambda();
export const handler = lambda.handler.bind(lambda);
""".lstrip("\n")
    template = """Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: .
      Handler: index.handler
      Runtime: nodejs22.x
      Events: {E: {Type: HttpApi, Properties: {Path: /x, Method: any}}}
"""
    assert "command:7 confirmed" in proven({"template.yaml": template, "index.ts": code})


def test_which_decorators_only_describe() -> None:
    nest = b"import { Get } from '@nestjs/common';"
    assert may_go("@Get(':id')", nest)
    assert may_go("@Query('n', ParseIntPipe)", nest)
    assert may_go("@tracer.captureMethod()", b"")
    assert not may_go("@Query('n', OwnPipe)", nest)
    assert not may_go("@UsePipes(OwnPipe)", nest)
    assert not may_go("@Get(':id')", b"")
    assert not may_go("@validated()", nest)


def test_what_the_parameters_are_filled_with() -> None:
    assert parameters_of("a.ts", b"class A { m(@Param('id') id: string) {} }", "A.m") is None  # no framework
    source = b"import '@nestjs/common'; class A { m(@Param('id') id: string, @Body() dto: Dto) {} n(a) {} }"
    found = parameters_of("a.ts", source, "A.m")
    assert found is not None
    assert [(one["from"], one["name"], one["shaped"]) for one in found] == [
        ("Param", "id", False),
        ("Body", None, True),
    ]
    assert parameters_of("a.ts", source, "A.n") is None
