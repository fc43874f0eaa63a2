"use strict";
// Web frameworks of Node: applications are remembered as they are made, routes found in them, requests sent through a socket
// of the file system. Sources: Express 4 and 5 API reference, Koa and Fastify guides, Azure Functions Node.js v4 and
// functions-framework documentation.

const path = require("path");
const { own } = require("./node_guards.js");
const MAX_BODY = 60000;
const FACTORIES = new Set(["express", "koa", "fastify", "@koa/router", "koa-router", "restify", "polka", "router"]);
const apps = [];
const mounts = [];
const registered = new Map();

function remember(name, real) {
  if (!FACTORIES.has(name) || typeof real !== "function") return real;
  const noted = (made) => {
    if (made && (typeof made === "function" || typeof made === "object")) {
      apps.push({ name, app: made });
      const use = made.use;
      if (typeof use === "function") {
        made.use = function (...rest) {
          const prefix = typeof rest[0] === "string" ? rest[0] : "";
          for (const one of rest.flat()) if (typeof one === "function") mounts.push({ owner: made, prefix, inner: one });
          return use.apply(this, rest);
        };
      }
    }
    return made;
  };
  return new Proxy(real, {
    apply: (target, self, rest) => noted(Reflect.apply(target, self, rest)),
    construct: (target, rest, wanted) => noted(Reflect.construct(target, rest, wanted)),
    get(target, key) {
      const found = target[key];
      if (key === "Router" || key === "default") return typeof found === "function" ? remember(name, found) : found;
      return found;
    },
  });
}

function prefixOf(router, depth = 0) {
  const mount = mounts.find((one) => one.inner === router);
  return mount && depth < 6 ? prefixOf(mount.owner, depth + 1) + mount.prefix : "";
}

function braces(text) {
  return String(text).replace(/:(\w+)(?:\([^)]*\))?\??/g, "{$1}").replace(/\{\*(\w+)\}/g, "{$1}").replace(/\*/g, "x");
}

function routes(name) {
  const found = [];
  const match = /^(\w+) (\/.*)$/.exec(name);
  for (const { app } of apps) {
    const stack = (app._router && app._router.stack) || (app.router && app.router.stack) || app.stack || [];
    for (const layer of stack) {
      const route = layer.route || (layer.methods && layer);
      if (!route || route.path === undefined) continue;
      const handles = (route.stack || []).map((one) => one.handle || one);
      const mine = match ? String(route.path) === match[2] : handles.some((one) => one && one.name === name);
      if (!mine) continue;
      const methods = Array.isArray(route.methods) ? route.methods : Object.keys(route.methods || {});
      const wanted = match && methods.some((one) => one.toLowerCase() === match[1]) ? [match[1]] : methods;
      const whole = (prefixOf(app) + braces(route.path)).replace(/\/{2,}/g, "/");
      found.push({ path: whole || "/", methods: wanted.map((one) => one.toUpperCase()).map((one) => (one === "_ALL" || one === "ALL" ? "POST" : one)), query: [], body: {} });
    }
  }
  if (!found.length && match && apps.length) found.push({ path: braces(match[2]), methods: [match[1] === "all" || match[1] === "use" ? "POST" : match[1].toUpperCase()], query: [], body: {} });
  return found;
}

async function listener(exported) {
  const outer = apps.filter(({ app }) => !mounts.some((one) => one.inner === app));
  const found = outer.find(({ name, app }) => (name === "express" && typeof app === "function" && app.listen) || name === "koa" || name === "fastify" || name === "polka");
  if (!found) return typeof exported === "function" ? exported : null;
  if (found.name === "koa" && found.app.callback) return found.app.callback();
  if (found.name === "fastify" && found.app.ready) { await found.app.ready(); return found.app.routing; }
  if (found.name === "polka") return found.app.handler.bind(found.app);
  return found.app;
}

let server = null;

async function send(request, exported) {
  if (!server) {
    const app = await listener(exported);
    if (!app) throw new Error("no application that takes a request");
    const socket = path.join(process.env.TMPDIR || "/tmp", `s${process.pid}`);
    server = own.createServer(app);
    await new Promise((done, failed) => { server.once("error", failed); server.listen(socket, done); });
    server.unref();
    server.socketPath = socket;
  }
  const query = request.raw_query ?? new URLSearchParams(request.query).toString();
  const target = encodeURI(request.path).replace(/\?/g, "%3F").replace(/#/g, "%23") + (query ? `?${query}` : "");
  const headers = Object.fromEntries(request.headers.map(([name, value]) => [name, Buffer.from(value, "utf8").toString("latin1")]));
  if (request.body) headers["Content-Length"] = Buffer.byteLength(request.body);
  return new Promise((done, failed) => {
    const made = own.request({ socketPath: server.socketPath, method: request.method, path: target, headers }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => { if (body.length < MAX_BODY) body += chunk; });
      response.on("end", () => done({ kind: "http", status: response.statusCode, headers: flat(response.headers), body: body.slice(0, MAX_BODY) }));
    });
    made.on("error", failed);
    made.end(request.body || undefined);
  });
}

function flat(headers) {
  return Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : String(value)]);
}

// -- platforms whose package only registers functions: what they hand over is documented, so they need not be installed
const azure = {
  app: new Proxy({}, {
    get: (_target, kind) => (name, options) => { if (options && typeof options.handler === "function") registered.set(name, options.handler); void kind; },
  }),
  input: new Proxy({}, { get: () => () => ({}) }), output: new Proxy({}, { get: () => () => ({}) }),
  HttpResponse: class { constructor(given) { Object.assign(this, given); } },
  HttpRequest: class {}, InvocationContext: class {},
};
const google = {
  http: (name, fn) => registered.set(name, fn), cloudEvent: (name, fn) => registered.set(name, fn), event: (name, fn) => registered.set(name, fn),
};

function direct(request) {
  const headers = Object.fromEntries(request.headers.map(([name, value]) => [name.toLowerCase(), value]));
  let body = request.body;
  try { if ((headers["content-type"] || "").includes("json")) body = JSON.parse(request.body); } catch { body = request.body; }
  if ((headers["content-type"] || "").includes("urlencoded")) body = Object.fromEntries(new URLSearchParams(request.body));
  return { headers, body, query: Object.fromEntries(request.query), params: Object.fromEntries(request.parameters) };
}

// A request and response in the form that Express gives them, for functions that a platform calls with such.
async function asExpress(fn, request, watch) {
  const given = direct(request);
  const req = watch.wrap({ ...given, cookies: {}, method: request.method, path: request.path, url: request.path, originalUrl: request.path, ip: "192.0.2.1", rawBody: Buffer.from(request.body || ""), get: (name) => given.headers[String(name).toLowerCase()] }, ["request"]);
  const answer = { kind: "http", status: 200, headers: [], body: "" };
  let finish;
  const ended = new Promise((done) => { finish = done; });
  const set = (name, value) => { if (typeof name === "object") Object.entries(name).forEach(([key, one]) => set(key, one)); else answer.headers.push([String(name).toLowerCase(), String(value)]); return res; };
  const has = (name) => answer.headers.some(([key]) => key === name);
  const end = (body) => { answer.body += body === undefined ? "" : String(body); finish(); return res; };
  const res = {
    status: (code) => { answer.status = code; return res; }, set, header: set, setHeader: set, type: (kind) => set("content-type", kind === "html" ? "text/html" : kind), get: () => undefined,
    json: (value) => { set("content-type", "application/json"); return end(JSON.stringify(value)); }, cookie: () => res, append: set, vary: () => res, attachment: () => res,
    send: (value) => { if (value !== null && typeof value === "object" && !Buffer.isBuffer(value)) return res.json(value); if (!has("content-type")) set("content-type", "text/html"); return end(value); },
    end, write: (chunk) => { answer.body += String(chunk); return true; }, sendStatus: (code) => { answer.status = code; return end(""); }, sendFile: () => end(""), render: () => end(""), writeHead: (code, more) => { answer.status = code; if (more) set(more); return res; },
    redirect: (one, two) => { answer.status = two === undefined ? 302 : one; set("location", two === undefined ? one : two); return end(""); }, locals: {}, on: () => res, headersSent: false,
  };
  await Promise.race([Promise.all([fn(req, res, () => finish()), ended]), new Promise((done) => setTimeout(done, 1500).unref())]);
  return answer;
}

async function asAzure(fn, request) {
  const given = direct(request);
  const req = { method: request.method, url: `https://localhost${request.path}`, headers: new Headers(request.headers), query: new URLSearchParams(request.query), params: given.params, user: null,
    text: async () => request.body || "", json: async () => JSON.parse(request.body), formData: async () => new Map(Object.entries(given.body || {})), arrayBuffer: async () => Buffer.from(request.body || ""), body: null };
  const context = { log: () => {}, error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, trace: () => {}, invocationId: "1", functionName: "f", extraInputs: { get: () => undefined }, extraOutputs: { set: () => {} }, triggerMetadata: {} };
  return answered(await fn(req, context));
}

async function asAzureV1(fn, request) {
  const given = direct(request);
  let finish;
  const ended = new Promise((done) => { finish = done; });
  const log = Object.assign(() => {}, { error() {}, warn() {}, info() {}, verbose() {} });
  const context = { log, res: {}, bindings: {}, bindingData: {}, executionContext: { functionName: "f" }, done: finish, req: null };
  context.req = { ...given, method: request.method, url: request.path, rawBody: request.body };
  const value = await Promise.race([Promise.resolve(fn(context, context.req)), ended]);
  return answered(value || context.res);
}

function answered(value) {
  if (!value || typeof value !== "object") return { kind: "http", status: 200, headers: [["content-type", "text/plain"]], body: String(value ?? "") };
  const headers = value.headers instanceof Headers ? [...value.headers] : Object.entries(value.headers || {}).map(([name, one]) => [name.toLowerCase(), String(one)]);
  if (value.jsonBody !== undefined) return { kind: "http", status: value.status || 200, headers: [...headers, ["content-type", "application/json"]], body: JSON.stringify(value.jsonBody) };
  return { kind: "http", status: Number(value.status || value.statusCode || 200), headers, body: typeof value.body === "string" ? value.body : "" };
}

module.exports = { FACTORIES, remember, routes, send, azure, google, registered, asExpress, asAzure, asAzureV1, apps };
