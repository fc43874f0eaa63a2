"""JavaScript applications: each unsafe one with its safe twin."""

from __future__ import annotations

APPS: dict[str, dict[str, str]] = {
    "command from the query": {
        "index.js": """
        const { execSync } = require('child_process');
        exports.handler = async (event) => {
          const url = event.queryStringParameters.url;
          const out = execSync(`curl --silent -L ${url}`); // !command
          return { statusCode: 200, body: JSON.stringify({ n: out.length }) };
        };
    """
    },
    "command with a constant": {
        "index.js": """
        const { execSync } = require('child_process');
        exports.handler = async (event) => {
          let url = event.queryStringParameters.url;
          if (7 * 42 - 200 > 10) { url = 'https://example.com'; }
          const out = execSync(`curl --silent -L ${url}`);
          return { statusCode: 200, body: JSON.stringify({ n: out.length }) };
        };
    """
    },
    "command quoted": {
        "index.js": """
        const cp = require('node:child_process');
        const { quote } = require('shell-quote');
        exports.handler = async (event) => {
          cp.exec('ls ' + quote([event.queryStringParameters.dir]), () => {});
          cp.execFile('ls', ['--', event.queryStringParameters.dir]);
          return { statusCode: 204 };
        };
    """
    },
    "html escaping does not help a shell": {
        "index.js": """
        const cp = require('child_process');
        const escape = require('escape-html');
        exports.handler = async (event) => {
          cp.exec('ls ' + escape(event.body)); // !command
          return { statusCode: 200, headers: { 'Content-Type': 'text/html' }, body: '<p>' + escape(event.body) + '</p>' };
        };
    """
    },
    "html without escaping": {
        "index.js": """
        exports.handler = async (event) => {
          const name = event.queryStringParameters.name;
          const headers = { 'Content-Type': 'text/html' };
          return { statusCode: 200, headers, body: `<p>${name}</p>` }; // !xss
        };
    """
    },
    "json is not html": {
        "index.js": """
        exports.handler = async (event) => ({
          statusCode: 200, headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ name: event.queryStringParameters.name }),
        });
    """
    },
    "helper module": {
        "index.js": """
            const store = require('./lib/store');
            module.exports.handler = async (event) => {
              const item = JSON.parse(event.body);
              return store.find(item.id);
            };
        """,
        "lib/store.js": """
            const mysql = require('mysql2/promise');
            const pool = mysql.createPool({ host: 'db' });
            module.exports = {
              async find(id) {
                const [rows] = await pool.query('SELECT * FROM t WHERE id = ' + id); // !sql
                return rows;
              },
            };
        """,
    },
    "helper module with parameters": {
        "index.js": """
            const store = require('./lib/store');
            module.exports.handler = async (event) => {
              const item = JSON.parse(event.body);
              return store.find(item.id);
            };
        """,
        "lib/store.js": """
            const mysql = require('mysql2/promise');
            const pool = mysql.createPool({ host: 'db' });
            exports.find = async (id) => {
              const [rows] = await pool.query('SELECT * FROM t WHERE id = ?', [id]);
              return rows.map((row) => row.id);
            };
        """,
    },
    "pg": {
        "index.js": """
        const { Pool } = require('pg');
        const pool = new Pool();
        exports.handler = async (event) => {
          const { id, sort } = event.pathParameters;
          await pool.query('select * from t where id = $1', [id]);
          await pool.query(`select * from t order by ${sort}`); // !sql
          const column = { a: 'a', b: 'b' }[sort] || 'a';
          await pool.query(`select * from t order by ${column}`);
          await pool.query(`select * from t where id = ${Number(id)}`);
          return { statusCode: 200 };
        };
    """
    },
    "template from the query": {
        "render.js": """
        const dust = require('dustjs-linkedin');
        module.exports.handler = (event, context, callback) => {
          const query = event.queryStringParameters || {};
          const source = dust.compile(query.template, 'page'); // !template
          callback(null, { statusCode: 200, body: JSON.stringify({ n: source.length }) });
        };
    """
    },
    "a context that a template evaluates": {
        "render.js": """
        const AWS = require('aws-sdk');
        const fs = require('fs');
        const qs = require('qs');
        const dust = require('dustjs-helpers');
        const db = new AWS.DynamoDB.DocumentClient();
        module.exports.render = (event, context, callback) => {
          db.scan({ TableName: 't' }, (error, result) => {
            if (error) { callback(new Error('no')); return; }
            fs.readFile('page.dust', (err, data) => {
              dust.loadSource(dust.compile(data.toString(), 'page'));
              const params = qs.parse(event.rawQueryString);
              dust.render('page', { device: params.device, todos: result.Items }, (e, html) => { // !code
                callback(null, { data: html });
              });
            });
          });
        };
    """
    },
    "template from a file": {
        "render.js": """
        const fs = require('fs');
        const mustache = require('mustache');
        module.exports.handler = (event, context, callback) => {
          const text = fs.readFileSync('page.html', 'utf8');
          const body = mustache.render(text, { name: event.queryStringParameters.name });
          callback(null, { statusCode: 200, headers: { 'Content-Type': 'text/html' }, body });
        };
    """
    },
    "objects": {
        "index.js": """
        const serialize = require('node-serialize');
        exports.handler = async (event) => {
          JSON.parse(event.body);
          const value = serialize.unserialize(event.body); // !deserialization
          return { statusCode: 200, body: JSON.stringify({ ok: !!value }) };
        };
    """
    },
    "eval": {
        "index.js": """
        const vm = require('vm');
        exports.handler = async (event) => {
          const { formula } = JSON.parse(event.body);
          const n = eval(formula); // !code
          vm.runInNewContext(formula, {}); // !code
          new Function('x', 'return ' + formula); // !code
          setTimeout(() => n, 10);
          return { statusCode: 200, body: String(parseFloat(n)) };
        };
    """
    },
    "paths": {
        "index.js": """
        const fs = require('fs');
        const path = require('path');
        exports.handler = async (event) => {
          const name = event.pathParameters.name;
          const a = fs.readFileSync(path.join('/data', name)); // !path
          const b = fs.readFileSync(path.join('/data', path.basename(name)));
          const full = path.resolve('/data', name);
          if (!full.startsWith('/data/')) { return { statusCode: 400 }; }
          const c = fs.readFileSync(full);
          return { statusCode: 200, body: JSON.stringify([a.length, b.length, c.length]) };
        };
    """
    },
    "other hosts": {
        "index.js": """
        const axios = require('axios');
        exports.handler = async (event) => {
          const { url, id } = event.queryStringParameters;
          await axios.get(url); // !ssrf
          await fetch(url); // !ssrf
          await axios.get(`https://api.example.com/items/${encodeURIComponent(id)}`);
          await axios({ url: 'https://api.example.com', method: 'post', data: { id } });
          const parsed = new URL(url);
          if (!['a.example.com', 'b.example.com'].includes(parsed.hostname)) { return { statusCode: 400 }; }
          await fetch(parsed.href);
          return { statusCode: 200 };
        };
    """
    },
    "options of a request": {
        "index.js": """
        const https = require('https');
        const axios = require('axios');
        exports.handler = async (event) => {
          const { host, q } = event.queryStringParameters;
          https.request({ hostname: 'api.example.com', path: '/x', body: q }, () => {});
          https.request({ hostname: host, path: '/x' }, () => {}); // !ssrf
          https.get(host, () => {}); // !ssrf
          await axios({ url: 'https://api.example.com', data: q });
          await axios({ url: host, data: q }); // !ssrf
          await axios.post('https://api.example.com', { q });
          await fetch(new Request('https://api.example.com', { method: 'POST', body: q }));
          return { statusCode: 200 };
        };
    """
    },
    "redirect": {
        "index.js": """
        exports.handler = async (event) => {
          if (event.queryStringParameters.here) {
            return { statusCode: 302, headers: { Location: '/home?x=' + encodeURIComponent(event.queryStringParameters.here) } };
          }
          return { statusCode: 302, headers: { Location: event.queryStringParameters.next } }; // !redirect
        };
    """
    },
    "queue": {
        "worker.js": """
        const { exec } = require('child_process');
        exports.handler = async (event) => {
          for (const record of event.Records) {
            const job = JSON.parse(record.body);
            exec('convert ' + job.file); // !command
            exec('convert ' + record.eventSourceARN);
          }
        };
    """
    },
    "bucket": {
        "worker.js": """
        const { exec } = require('child_process');
        exports.handler = async (event) => {
          const { bucket, object } = event.Records[0].s3;
          const key = decodeURIComponent(object.key.replace(/\\+/g, ' '));
          exec(`convert /tmp/${key}`); // !command
          exec(`list ${bucket.name} ${object.size}`);
        };
    """
    },
    "containers": {
        "index.js": """
        const cp = require('child_process');
        exports.handler = async (event) => {
          const p = event.queryStringParameters.p;
          const list = ['a', p, 'b'];
          list.splice(1, 1);
          cp.execSync(list.join(' '));
          const map = new Map([['k', p], ['s', 'ls']]);
          cp.execSync(map.get('s'));
          cp.execSync(map.get('k')); // !command
          const o = { ...{ cmd: p }, cmd: 'ls' };
          cp.execSync(o.cmd);
          return { statusCode: 200 };
        };
    """
    },
    "middy": {
        "index.js": """
        const middy = require('@middy/core');
        const jsonBodyParser = require('@middy/http-json-body-parser');
        const { execSync } = require('child_process');
        const base = async (event) => {
          execSync('ls ' + event.body.dir); // !command
          return { statusCode: 200 };
        };
        exports.handler = middy(base).use(jsonBodyParser());
    """
    },
    "express": {
        "app.js": """
        const express = require('express');
        const serverless = require('serverless-http');
        const { exec } = require('child_process');
        const app = express();
        app.use(express.json());
        app.get('/run/:name', (req, res) => {
          exec('run ' + req.params.name); // !command
          res.json({ name: req.params.name });
        });
        app.get('/hello', (req, res) => {
          res.send('<h1>' + req.query.name + '</h1>'); // !xss
        });
        app.get('/safe', (req, res) => {
          res.status(200).json({ name: req.query.name });
        });
        app.get('/go', (req, res) => res.redirect(req.query.to)); // !redirect
        app.get('/file', (req, res) => res.sendFile(req.query.f)); // !path
        module.exports.handler = serverless(app);
    """
    },
    "router": {
        "app.js": """
            const express = require('express');
            const users = require('./routes/users');
            const app = express();
            app.use('/users', users);
            module.exports = app;
        """,
        "routes/users.js": """
            const { Router } = require('express');
            const db = require('mysql').createConnection({});
            const router = Router();
            router.get('/:id', (req, res, next) => {
              db.query('select * from users where id = ' + req.params.id, (err, rows) => { // !sql
                if (err) return next(err);
                res.json(rows);
              });
            });
            router.post('/', (req, res) => {
              db.query('insert into users values (?)', [req.body.name], () => res.sendStatus(201));
            });
            module.exports = router;
        """,
    },
    "mongo": {
        "index.js": """
        const { MongoClient } = require('mongodb');
        const client = new MongoClient('mongodb://db');
        exports.handler = async (event) => {
          const body = JSON.parse(event.body);
          const users = client.db('app').collection('users');
          await users.findOne(body.filter); // !nosql
          await users.find({ $where: `this.name == '${body.name}'` }).toArray(); // !nosql
          await users.findOne({ name: String(body.name) });
          return { statusCode: 200 };
        };
    """
    },
    "dynamodb": {
        "index.js": """
        const { DynamoDBClient, ExecuteStatementCommand } = require('@aws-sdk/client-dynamodb');
        const client = new DynamoDBClient({});
        exports.handler = async (event) => {
          const id = event.pathParameters.id;
          await client.send(new ExecuteStatementCommand({ Statement: `SELECT * FROM t WHERE id = '${id}'` })); // !nosql
          await client.send(new ExecuteStatementCommand({ Statement: 'SELECT * FROM t WHERE id = ?', Parameters: [{ S: id }] }));
          return { statusCode: 200 };
        };
    """
    },
    "hashes and ciphers": {
        "index.js": """
        const crypto = require('crypto');
        exports.handler = async (event) => {
          const a = crypto.createHash('md5').update('x').digest('hex'); // !weak-hash
          const b = crypto.createHash('sha256').update('x').digest('hex');
          crypto.createCipheriv('des-ecb', process.env.KEY, null); // !weak-cipher
          crypto.createCipheriv('aes-256-gcm', process.env.KEY, crypto.randomBytes(12));
          return { statusCode: 200, body: JSON.stringify([a, b]) };
        };
    """
    },
    "tokens": {
        "index.js": """
        const jwt = require('jsonwebtoken');
        exports.handler = async (event) => {
          const token = event.headers.authorization;
          const claims = jwt.decode(token); // !token-unverified
          const sure = jwt.verify(token, process.env.KEY, { algorithms: ['HS256'] });
          jwt.verify(token, process.env.KEY, { ignoreExpiration: true }); // !token-unverified
          return { statusCode: 200, body: JSON.stringify({ a: claims.sub === sure.sub }) };
        };
    """
    },
    "tls": {
        "index.js": """
        const https = require('https');
        const bad = new https.Agent({ rejectUnauthorized: false }); // !tls-off
        const good = new https.Agent({ rejectUnauthorized: true, keepAlive: true });
        process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; // !tls-off
        exports.handler = async () => ({ statusCode: 200, body: String(!!bad && !!good) });
    """
    },
    "guards": {
        "index.js": """
        const cp = require('child_process');
        const validator = require('validator');
        const ALLOWED = new Set(['a', 'b']);
        exports.handler = async (event) => {
          const { one, two, three, four } = event.queryStringParameters;
          if (!ALLOWED.has(one)) return { statusCode: 400 };
          cp.execSync('x ' + one);
          if (!validator.isAlphanumeric(two)) throw new Error('bad');
          cp.execSync('x ' + two);
          if (!/^[\\w-]+$/.test(three)) { return { statusCode: 400 }; }
          cp.execSync('x ' + three);
          switch (four) {
            case 'a': case 'b': cp.execSync('x ' + four); break;
            default: cp.execSync('x ' + four); // !command
          }
          return { statusCode: 200 };
        };
    """
    },
    "classes": {
        "index.js": """
        const cp = require('child_process');
        class Job {
          #name;
          constructor(name, kind) { this.#name = name; this.kind = kind; }
          get name() { return this.#name; }
          static of(event) { return new Job(event.queryStringParameters.n, 'fixed'); }
          run() { cp.execSync(this.name); } // !command
          list() { cp.execSync(this.kind); }
        }
        exports.handler = async (event) => {
          const job = Job.of(event);
          job.run();
          job.list();
        };
    """
    },
    "xpath, ldap, xml": {
        "index.js": """
        const xpath = require('xpath');
        const ldap = require('ldapjs');
        const libxml = require('libxmljs2');
        const { DOMParser } = require('@xmldom/xmldom');
        const client = ldap.createClient({ url: 'ldaps://x' });
        exports.handler = async (event) => {
          const { name } = event.queryStringParameters;
          const doc = new DOMParser().parseFromString('<a/>');
          xpath.select("//user[@name='" + name + "']", doc); // !xpath
          xpath.select('//user', doc);
          client.search('o=x', { filter: `(uid=${name})` }, () => {}); // !ldap
          client.search('o=x', { filter: '(uid=x)' }, () => {});
          libxml.parseXml(event.body, { noent: true }); // !xxe
          libxml.parseXml(event.body);
          return { statusCode: 200 };
        };
    """
    },
    "verbose errors": {
        "index.js": """
        const fs = require('fs');
        exports.handler = async () => {
          let body = 'ok';
          try {
            fs.readFileSync('/x');
          } catch (err) {
            body = err.stack;
          }
          return { statusCode: 500, body }; // !verbose-error
        };
    """
    },
    "promises and callbacks": {
        "index.js": """
        const util = require('util');
        const exec = util.promisify(require('child_process').exec);
        const step = async (value) => value.trim();
        exports.handler = (event, context, callback) => {
          step(event.body)
            .then((value) => exec('ls ' + value)) // !command
            .then(() => callback(null, { statusCode: 200 }))
            .catch(() => callback(null, { statusCode: 500 }));
        };
    """
    },
    "a compiled handler": {
        "index.js": """
        "use strict";
        var __importDefault = (this && this.__importDefault) || function (mod) { return mod; };
        Object.defineProperty(exports, "__esModule", { value: true });
        exports.handler = void 0;
        const child_process_1 = require("child_process");
        const axios_1 = __importDefault(require("axios"));
        const handler = async (event) => {
            (0, child_process_1.exec)("ls " + event.body); // !command
            await axios_1.default.get(event.queryStringParameters.u); // !ssrf
            return { statusCode: 200 };
        };
        exports.handler = handler;
    """
    },
}
