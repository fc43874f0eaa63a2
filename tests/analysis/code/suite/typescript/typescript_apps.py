"""TypeScript applications: each unsafe one with its safe twin."""

from __future__ import annotations

APPS: dict[str, dict[str, str]] = {
    "typed handler": {
        "index.ts": """
        import { execSync } from 'child_process';
        import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2 } from 'aws-lambda';
        interface Input { dir: string; depth?: number }
        export const handler = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyResultV2> => {
          const input = JSON.parse(event.body!) as Input;
          execSync(`ls ${input.dir}`); // !command
          execSync(`ls -d ${Number(input.depth)}`);
          return { statusCode: 200 };
        };
    """
    },
    "service class": {
        "index.ts": """
            import { Store } from './store';
            const store = new Store();
            export async function handler(event: any) {
              return store.find(event.pathParameters.id);
            }
        """,
        "store.ts": """
            import { Pool } from 'pg';
            export class Store {
              private readonly pool: Pool = new Pool();
              async find(id: string): Promise<unknown[]> {
                const safe = await this.pool.query('select * from t where id = $1', [id]);
                const rows = await this.pool.query(`select * from t where id = '${id}'`); // !sql
                return [...safe.rows, rows.rowCount];
              }
            }
        """,
    },
    "enum and namespace": {
        "index.ts": """
        import * as cp from 'child_process';
        enum Mode { List = 'ls', Size = 'du' }
        namespace Config { export const tool = 'ls'; }
        export const handler = async (event: { mode: keyof typeof Mode; queryStringParameters: Record<string, string> }) => {
          cp.execSync(Mode.List);
          cp.execSync(Config.tool);
          cp.execSync(event.queryStringParameters['tool'] ?? Config.tool); // !command
        };
    """
    },
    "express typed": {
        "app.ts": """
        import express, { Request, Response } from 'express';
        import escape from 'escape-html';
        const app = express();
        app.get('/a', (req: Request, res: Response) => {
          res.send(`<p>${req.query.q}</p>`); // !xss
        });
        app.get('/b', async (req: Request, res: Response): Promise<void> => {
          res.send(`<p>${escape(req.query.q as string)}</p>`);
        });
        export default app;
    """
    },
    "parameter properties": {
        "index.ts": """
        import { exec } from 'node:child_process';
        class Runner {
          constructor(private readonly tool: string, private readonly fixed: string = 'ls') {}
          run() { exec(this.tool); } // !command
          list() { exec(this.fixed); }
        }
        export const handler = async (event: any) => {
          const runner = new Runner(event.queryStringParameters.tool);
          runner.run();
          runner.list();
        };
    """
    },
    "re-exported": {
        "index.ts": "import { run } from './run';\nexport const handler = async (event: any) => run(event);\n",
        "run.ts": """
            import fs from 'fs/promises';
            import { basename } from 'path';
            export const run = async (event: any) => {
              await fs.readFile('/data/' + basename(event.pathParameters.f));
              await fs.readFile('/data/' + event.pathParameters.f); // !path
            };
        """,
    },
    "generics and guards": {
        "index.ts": """
        import { execSync } from 'child_process';
        const first = <T>(items: T[]): T => items[0]!;
        export const handler = async (event: any) => {
          const value: unknown = event.queryStringParameters.v;
          execSync(first(['ls', value]) as string);
          execSync(first([value, 'ls']) as string); // !command
          if (typeof value !== 'number') return;
          execSync('ls ' + value);
        };
    """
    },
    "azure v4": {
        "index.ts": """
        import { app, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
        import { execSync } from 'child_process';
        export async function run(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
          const name = request.query.get('name');
          execSync('ls ' + name); // !command
          return { jsonBody: { name } };
        }
        app.http('run', { methods: ['GET'], handler: run });
    """
    },
    "google": {
        "index.ts": """
        import * as functions from '@google-cloud/functions-framework';
        import { execSync } from 'child_process';
        functions.http('run', (req, res) => {
          execSync('ls ' + req.query.dir); // !command
          res.json({ ok: true });
        });
    """
    },
    "nest controller": {
        "x.controller.ts": """
        import { exec } from 'child_process';
        import { Body, Controller, Get, Headers, Param, ParseIntPipe, Post, Query, Req } from '@nestjs/common';
        import { Tools } from './tools.service';

        class Dto { name: string; }

        @Controller('x')
        export class XController {
          constructor(private readonly tools: Tools) {}

          @Get(':id')
          find(@Param('id') id: string, @Query('n', ParseIntPipe) n: number) {
            exec('ls ' + id); // !command
            exec('ls ' + n);
            this.tools.run(id);
            return this.tools.safe(id);
          }

          @Post()
          async create(@Body() dto: Dto, @Headers('x-a') header: string, @Req() req) {
            exec('ls ' + dto.name); // !command
            exec('ls ' + header); // !command
            exec('ls ' + req.query.q); // !command
          }

          inside(name: string) { exec('ls ' + name); }
        }
    """,
        "tools.service.ts": """
        import { exec, execFile } from 'child_process';
        import { Injectable } from '@nestjs/common';
        @Injectable()
        export class Tools {
          run(name: string) { exec('ls ' + name); } // !command
          safe(name: string) { execFile('ls', [name]); }
        }
    """,
    },
}
