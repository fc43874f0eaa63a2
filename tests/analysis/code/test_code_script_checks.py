"""Checks and frameworks of JavaScript and TypeScript: schemas, pipes, signatures, content types, servers, emitters."""

from __future__ import annotations

import pytest
from tests.analysis.code.suite.marked import score

EXPRESS = "const express = require('express');\n    const app = express();"
MONGO = "const { MongoClient } = require('mongodb');\n    const db = new MongoClient(process.env.M).db('x');"

APPS = {
    "zod": {
        "index.ts": """
    import { z } from 'zod';
    import { execSync } from 'child_process';
    const Schema = z.object({ op: z.enum(['a', 'b']), id: z.string().uuid(), code: z.string().regex(/^[a-z]+$/), name: z.string(),
      sizes: z.array(z.number()), tags: z.array(z.string()), loose: z.any(),
      known: z.string().refine((v) => ['x', 'y'].includes(v)), size: z.string().transform((v) => Number(v)) });
    export const handler = async (event: any) => {
      const body = JSON.parse(event.body);
      const { op, id, code, name, sizes, tags, loose, known, size } = Schema.parse(body);
      execSync(`${op} ${id} ${code} ${sizes[0]} ${known} ${size}`);
      execSync(name); // !command
      execSync(tags[0]); // !command
      execSync(loose); // !command
      execSync(body.op);
      execSync(body.name); // !command
      execSync(body.other); // !command
    };
    """
    },
    "zod asks": {
        "index.ts": """
    import { z } from 'zod';
    import { execSync } from 'child_process';
    const Schema = z.object({ op: z.enum(['a', 'b']) }).extend({ n: z.coerce.number() }).partial();
    export const handler = async (event: any) => {
      const body = JSON.parse(event.body);
      const parsed = Schema.safeParse(body);
      execSync(body.op); // !command
      if (!parsed.success) return { statusCode: 400 };
      execSync(body.op);
      execSync(`${parsed.data.op} ${parsed.data.n}`);
    };
    """
    },
    "joi, yup and ajv": {
        "index.js": """
    const Joi = require('joi');
    const yup = require('yup');
    const Ajv = require('ajv');
    const cp = require('child_process');
    const joi = Joi.object({ op: Joi.string().valid('a', 'b').required(), name: Joi.string() });
    const shape = yup.object({ op: yup.string().oneOf(['a']), name: yup.string() });
    const fits = new Ajv().compile({ type: 'object', properties: { op: { enum: ['a'] }, n: { type: 'integer' }, s: { type: 'string' } } });
    exports.handler = async (event) => {
      const body = JSON.parse(event.body);
      const { error, value } = joi.validate(body);
      if (error) return { statusCode: 400 };
      cp.execSync(value.op + body.op);
      cp.execSync(value.name); // !command
    };
    exports.other = async (event) => {
      const body = JSON.parse(event.body);
      const value = await shape.validate(body);
      cp.execSync(value.op);
      cp.execSync(value.name); // !command
    };
    exports.third = async (event) => {
      const body = JSON.parse(event.body);
      if (!fits(body)) throw new Error('no');
      cp.execSync(body.op + body.n);
      cp.execSync(body.s); // !command
    };
    """
    },
    "class-validator": {
        "app.ts": """
    import { Body, Controller, Post, UsePipes, ValidationPipe } from '@nestjs/common';
    import { IsEnum, IsIn, IsInt, IsString, Matches, ValidateNested } from 'class-validator';
    import { execSync } from 'child_process';
    class Part { @IsInt() count!: number; @IsString() label!: string; }
    class Dto {
      @IsIn(['a', 'b']) op!: string;
      @IsInt() n: number = 1;
      @Matches(/^[a-z-]+$/) host!: string;
      @IsString() name!: string;
      free!: string;
      @ValidateNested() part!: Part;
    }
    @Controller()
    @UsePipes(new ValidationPipe())
    export class C {
      @Post()
      run(@Body() dto: Dto) {
        execSync(`${dto.op} ${dto.n} ${dto.host} ${dto.part.count}`);
        execSync(dto.name); // !command
        execSync(dto.part.label); // !command
        execSync(dto.free); // !command
        return {};
      }
    }
    """
    },
    "class-validator without a pipe": {
        "app.ts": """
    import { Body, Controller, Post } from '@nestjs/common';
    import { IsInt } from 'class-validator';
    import { execSync } from 'child_process';
    class Dto { @IsInt() n!: number; }
    @Controller()
    export class C {
      @Post()
      run(@Body() dto: Dto) { execSync(`${dto.n}`); return {}; } // !command
    }
    """
    },
    "class-validator with a pipe where it starts": {
        "app.ts": """
    import { Body, Controller, Post } from '@nestjs/common';
    import { IsInt } from 'class-validator';
    import { execSync } from 'child_process';
    class Dto { @IsInt() n!: number; }
    @Controller()
    export class C {
      @Post()
      run(@Body() dto: Dto) { execSync(`${dto.n}`); return {}; }
    }
    """,
        "main.ts": "import { ValidationPipe } from '@nestjs/common';\nexport const pipes = [new ValidationPipe()];\n",
    },
    "controllers answer with pages": {
        "app.ts": """
    import { Controller, Get, Header, Query } from '@nestjs/common';
    @Controller()
    export class C {
      @Get('a')
      a(@Query('n') n: string) { return `<p>${n}</p>`; } // !xss
      @Get('b')
      b(@Query('n') n: string) { return { n }; }
      @Get('c')
      @Header('Content-Type', 'text/plain')
      c(@Query('n') n: string) { return n; }
    }
    """
    },
    "content types": {
        "app.js": f"""
    {EXPRESS}
    app.get('/a', (req, res) => {{ res.type('text/plain').send(req.query.n); }});
    app.get('/b', (req, res) => {{ res.set('Content-Type', 'application/json'); res.send(req.query.n); }});
    app.get('/c', (req, res) => {{ res.writeHead(200, {{ 'Content-Type': 'text/plain' }}); res.end(req.query.n); }});
    app.get('/d', (req, res) => {{ res.set('X-A', 'b'); res.send(req.query.n); }}); // !xss
    app.get('/e', (req, res) => {{ if (req.query.t) res.type('text/plain'); res.send(req.query.n); }}); // !xss
    app.use((err, req, res, next) => {{ res.status(500).send(req.originalUrl); }}); // !xss
    app.get('/f', (req, res) => {{ res.writeHead(302, {{ Location: req.query.n }}); res.end(); }}); // !redirect
    """
    },
    "cookies and sessions": {
        "app.js": f"""
    {EXPRESS}
    const base = {{ httpOnly: true }};
    app.get('/a', (req, res) => {{ res.cookie('a', 'b', {{ httpOnly: true }}); res.end(); }}); // !cookie
    app.get('/b', (req, res) => {{ res.cookie('a', 'b', {{ ...base, secure: true }}); res.end(); }});
    app.get('/c', (req, res) => {{ res.cookie('a', 'b', options()); res.end(); }});
    app.post('/d', (req, res) => {{ req.session.role = req.body.role; res.end(); }}); // !trust-boundary
    app.post('/e', (req, res) => {{ Object.assign(req.session, {{ role: req.body.role }}); res.end(); }}); // !trust-boundary
    app.post('/f', (req, res) => {{ req.session.role = 'viewer'; res.end(); }});
    """
    },
    "operators of MongoDB": {
        "index.js": f"""
    {MONGO}
    exports.handler = async (event) => {{
      const body = JSON.parse(event.body);
      await db.collection('u').findOne({{ name: String(body.name), key: `${{body.key}}`, id: event.pathParameters.id }});
      await db.collection('u').findOne({{ name: body.name }}); // !nosql
      const filter = {{ tenant: 't' }};
      filter.key = body.key;
      await db.collection('u').updateOne(filter, {{ $set: {{ a: 1 }} }}); // !nosql
    }};
    """
    },
    "keyed hashes": {
        "index.js": """
    const crypto = require('crypto');
    const serialize = require('node-serialize');
    exports.handler = async (event) => {
      const mac = crypto.createHmac('sha256', process.env.K).update(event.body).digest('hex');
      if (!crypto.timingSafeEqual(Buffer.from(mac), Buffer.from(event.headers['x-mac']))) return { statusCode: 403 };
      return serialize.unserialize(event.body);
    };
    exports.other = async (event) => {
      const mac = crypto.createHmac('sha256', process.env.K).update('fixed').digest('hex');
      if (mac !== event.headers['x-mac']) return { statusCode: 403 };
      return serialize.unserialize(event.body); // !deserialization
    };
    """
    },
    "templates that escape": {
        "index.js": """
    const ejs = require('ejs');
    const Handlebars = require('handlebars');
    const safe = Handlebars.compile('<p>{{n}}</p>');
    const raw = Handlebars.compile('<p>{{{n}}}</p>');
    const page = (body) => ({ statusCode: 200, headers: { 'Content-Type': 'text/html' }, body });
    exports.a = async (event) => page(ejs.render('<%= n %>', { n: event.queryStringParameters.n }));
    exports.handler = async (event) => ({
      statusCode: 200, headers: { 'Content-Type': 'text/html' },
      body: ejs.render('<%- n %>', { n: event.queryStringParameters.n }), // !xss
    });
    exports.c = async (event) => ({
      statusCode: 200, headers: { 'Content-Type': 'text/html' }, body: safe({ n: event.queryStringParameters.n }),
    });
    exports.d = async (event) => ({
      statusCode: 200, headers: { 'Content-Type': 'text/html' }, body: raw({ n: event.queryStringParameters.n }), // !xss
    });
    """
    },
    "js-yaml of an old release": {
        "index.js": "const yaml = require('js-yaml');\nexports.handler = async (event) => yaml.load(event.body); // !deserialization\n",
    },
    "other servers": {
        "index.js": """
    const http = require('http');
    const Hapi = require('@hapi/hapi');
    const { Hono } = require('hono');
    const Fastify = require('fastify');
    const cp = require('child_process');
    http.createServer((req, res) => { cp.exec('a ' + new URL(req.url, 'http://a').searchParams.get('q')); }); // !command
    Hapi.server({}).route({ method: 'GET', path: '/', handler: (request, h) => {
      cp.exec('a ' + request.query.q); // !command
      return `<p>${request.params.n}</p>`; // !xss
    } });
    new Hono().get('/:id', (c) => { cp.exec('a ' + c.req.param('id')); return c.text('ok'); }); // !command
    const app = Fastify();
    app.get('/a', async (request, reply) => { reply.type('text/html'); return `<p>${request.query.n}</p>`; }); // !xss
    app.get('/b', async (request, reply) => `<p>${request.query.n}</p>`);
    """
    },
    "emitters": {
        "index.js": """
    const { EventEmitter } = require('events');
    const cp = require('child_process');
    const bus = new EventEmitter();
    bus.on('job', (name) => cp.exec('job ' + name)); // !command
    bus.on('safe', (name) => cp.exec('job ' + name));
    exports.handler = async (event) => {
      bus.emit('job', event.queryStringParameters.name);
      bus.emit('safe', 'fixed');
    };
    """
    },
    "builders of TypeORM and knex": {
        "index.ts": """
    import { container, injectable } from 'tsyringe';
    import { Repository, EntityManager } from 'typeorm';
    import knex from 'knex';
    const db = knex({ client: 'pg' });
    class Row { name!: string; }
    @injectable()
    class Search {
      constructor(private readonly rows: Repository<Row>, private readonly em: EntityManager) {}
      async list(q: string) {
        await this.rows.createQueryBuilder('r').select('r.id').where(`r.name = '${q}'`).getMany(); // !sql
        await this.rows.createQueryBuilder('r').where('r.name = :q', { q }).getMany();
        await this.em.query(`select '${q}'`); // !sql
        await db('t').where({ a: 1 }).whereRaw(`b = '${q}'`); // !sql
        await db('t').where({ a: q }).whereRaw('b = ?', [q]);
      }
    }
    export const handler = async (event: any) => {
      await container.resolve(Search).list(event.queryStringParameters.q);
    };
    """
    },
    "what is written after everything": {
        "index.js": """
    const cp = require('child_process');
    exports.handler = async (event) => {
      const body = JSON.parse(event.body);
      const a = { ...body, role: 'user' };
      cp.execSync(a.role);
      cp.execSync(a.name); // !command
      const b = { role: 'user', ...body };
      cp.execSync(b.role); // !command
      const c = { ...a, name: 'x' };
      cp.execSync(c.name + c.role);
      cp.execSync(c.other); // !command
      cp.execSync({ ...c, ...body }.role); // !command
      const e = Object.assign({}, body);
      if (event.headers.x) e.role = 'a';
      cp.execSync(e.role); // !command
      e.role = 'b';
      cp.execSync(e.role);
      e[event.headers.k] = event.headers.v;
      cp.execSync(e.role); // !command
      try { e.role = JSON.parse('1'); e.role = 'c'; } catch (error) { cp.execSync(e.role); } // !command
    };
    """
    },
    "weak maps": {
        "index.js": """
    const cp = require('child_process');
    const state = new WeakMap();
    class Job { constructor(n) { state.set(this, { n }); } get name() { return state.get(this).n; } }
    exports.handler = async (event) => cp.execSync('job ' + new Job(event.pathParameters.n).name); // !command
    """
    },
    "patterns": {
        "index.js": """
    const cp = require('child_process');
    exports.handler = async (event) => {
      const { a, b, c, d, host } = event.queryStringParameters;
      if (/^(?:start now|stop!)$/.test(a)) cp.execSync(a);
      if (/^(?:start|stop).*$/.test(b)) cp.execSync(b); // !command
      if (/^(?:one|two)\\.example\\.org$/.test(host)) await fetch('https://' + host + '/x');
      if (/^.*example\\.org$/.test(c)) await fetch('https://' + c + '/x'); // !ssrf
      if (/^\\/[a-z/]*$/.test(d) && !d.startsWith('//')) return { statusCode: 302, headers: { Location: d } };
      return { statusCode: 200 };
    };
    """
    },
    "files say what is in them": {
        "index.js": """
    const fs = require('fs');
    exports.handler = async (event) => ({
      statusCode: 200, headers: { 'Content-Type': 'text/html' },
      body: fs.readFileSync('/srv/' + event.queryStringParameters.f, 'utf8'), // !path
    });
    """
    },
    "checks of lists and positions": {
        "index.js": """
    const cp = require('child_process');
    const fs = require('fs');
    const path = require('path');
    exports.handler = async (event) => {
      const { ids, op } = JSON.parse(event.body);
      if (!ids.every((id) => /^[0-9]+$/.test(id))) return { statusCode: 400 };
      cp.execSync('a ' + ids.join(' '));
      if (['a', 'b'].includes(op) && event.headers.x) cp.execSync(op);
      if (['a', 'b'].includes(op) || event.headers.x) cp.execSync(op); // !command
    };
    exports.files = async (event) => {
      const root = path.resolve('/srv');
      const full = path.resolve(root, event.pathParameters.f);
      const inside = path.relative(root, full);
      if (inside.startsWith('..') || path.isAbsolute(inside)) return { statusCode: 403 };
      return fs.readFileSync(full);
    };
    exports.position = async (event) => {
      const full = path.normalize(path.join('/srv', event.pathParameters.f));
      if (full.indexOf('/srv/') !== 0) return { statusCode: 403 };
      return fs.readFileSync(full);
    };
    """
    },
}
APPS["js-yaml of a new release"] = {
    "index.js": "const yaml = require('js-yaml');\nexports.handler = async (event) => yaml.load(event.body);\n",
    "package.json": '{"dependencies": {"js-yaml": "^4.1.0"}}',
}


@pytest.mark.parametrize("name", APPS)
def test_checks(name: str) -> None:
    outcome = score({name: APPS[name]})
    assert (outcome.misses, outcome.alarms) == ([], [])
