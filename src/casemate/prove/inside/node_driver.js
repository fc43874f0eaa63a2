"use strict";
// The driver of JavaScript code: loads the developer's file, calls the entry with one event at a time, and says what it saw.
// The twin of driver.py, with the same lines in and out. All calls are made in one process.

const Module = require("module");
const guards = require("./node_guards.js");
const { stub, content, stateOf } = require("./node_stubs.js");
const { Watch, rendered } = require("./node_watching.js");
const web = require("./node_web.js");
const express = require("./node_express.js");

const MAX_HITS = 12;
const state = { nonce: "", pipe: 3, watch: null, tokens: [], exported: null, job: null, hits: new Map() };

function tell(message) {
  let line = Buffer.from(JSON.stringify({ nonce: state.nonce, ...message }) + "\n");
  while (line.length) {
    try {
      line = line.subarray(guards.own.writeSync(state.pipe, line));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

function seen(site, slot, value) {
  const key = `${site}.${slot}`;
  const count = state.hits.get(key) || 0;
  if (count < MAX_HITS) {
    state.hits.set(key, count + 1);
    tell({ site, slot, value: rendered(value) });
  }
  return value;
}

function holds(text) {
  const words = Buffer.isBuffer(text) || text instanceof URL ? String(text) : text;
  return typeof words === "string" && state.tokens.some((token) => words.includes(token));
}

function words(error) {
  return `${(error && error.name) || "Error"}: ${(error && error.message) || error}`.split("\n")[0].slice(0, 400);
}

// -- loading
function among(name, list) {
  return list.some((one) => (one.endsWith("/") ? name.startsWith(one) : name === one || name.startsWith(`${one}/`)));
}

const BODIES = { json: (text) => JSON.parse(text), urlencode: (text) => Object.fromEntries(new URLSearchParams(text)) };

function middy(base) {
  const plugins = [];
  let inner = typeof base === "function" ? base : async () => undefined;
  const handler = async (event, context) => {
    const request = { event, context, response: undefined, error: null, internal: {} };
    for (const one of plugins) if (typeof one.before === "function") await one.before(request);
    request.response = await inner(request.event, context);
    for (const one of [...plugins].reverse()) if (typeof one.after === "function") await one.after(request);
    return request.response;
  };
  const add = (one) => { for (const each of [].concat(one)) if (each && Object.prototype.hasOwnProperty.call(each, "before")) plugins.push(each); return handler; };
  return Object.assign(handler, { use: add, before: (fn) => add({ before: fn }), after: () => handler, onError: () => handler, handler: (fn) => { inner = fn; return handler; } });
}

function standIn(name) {
  if (name === "@middy/core" || name === "middy") return Object.assign(middy, { default: middy });
  const body = /^@middy\/http-(json|urlencode)-body-parser$/.exec(name);
  if (body) {
    const made = () => ({ before: async (request) => { request.event.body = BODIES[body[1]](request.event.body); } });
    return Object.assign(made, { default: made });
  }
  return stub(name);
}

function packages(job) {
  const load = Module._load;
  const made = new Map();
  const once = (name, make) => { if (!made.has(name)) made.set(name, make()); return made.get(name); };
  Module._load = function (request, parent, isMain) {
    if (among(request, job.always)) return once(request, () => stub(request));
    try {
      const found = load.call(this, request, parent, isMain);
      return web.FACTORIES.has(request) ? once(`:${request}`, () => web.remember(request, found)) : found;
    } catch (error) {
      const own = error && error.code === "MODULE_NOT_FOUND" && String(error.message).includes(`'${request}'`) && !/^[./]/.test(request);
      if (!own && among(request, job.foreign || [])) return once(request, () => stub(request));
      if (!own && /^\.{1,2}\//.test(request) && String(error.message).includes(`'${request}'`)) error.package = request;
      if (!own) throw error;
      if (request === "@azure/functions") return web.azure;
      if (request === "express") return once(":express", () => web.remember("express", express));
      if (request === "body-parser") return express.bodyParser;
      if (request === "@google-cloud/functions-framework") return web.google;
      if (among(request, job.missing)) return once(request, () => standIn(request));
      if (among(request, job.foreign || [])) return once(request, () => stub(request));
      error.package = request.split("/").slice(0, request.startsWith("@") ? 2 : 1).join("/");
      throw error;
    }
  };
  const compile = (module, file) => module._compile(guards.own.readFileSync(file, "utf8").replace(/^#!.*/, ""), file);
  const before = Module._extensions[".js"];
  for (const suffix of [".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"]) {
    Module._extensions[suffix] = (module, file) => (file.includes("node_modules") ? before(module, file) : compile(module, file));
  }
}

// What the runtime gives to handlers that answer with a stream (Lambda developer guide, "Response streaming").
const streaming = {
  streamifyResponse: (fn) => async (event, context) => {
    const answer = { statusCode: 200, headers: {}, body: "" };
    const stream = { write: (chunk) => { answer.body += String(chunk); return true; }, end: (chunk) => { if (chunk !== undefined) answer.body += String(chunk); }, setContentType: (kind) => { answer.headers["content-type"] = kind; }, on: () => stream, once: () => stream, emit: () => false, answer };
    await fn(event, stream, context);
    return answer;
  },
  HttpResponseStream: { from: (stream, more) => { Object.assign(stream.answer, { statusCode: (more && more.statusCode) || 200, headers: (more && more.headers) || {} }); return stream; } },
};

async function load(job) {
  state.job = job;
  Object.assign(process.env, job.environment);
  globalThis[job.hook] = seen;
  globalThis._casemate_default_ = (module) => (module && module.__esModule ? module.default : module);
  globalThis.awslambda = streaming;
  content.always = job.always;
  content.foreign = job.foreign || [];
  content.given = (name) => tell({ foreign: name });
  packages(job);
  guards.install(holds);
  const parse = JSON.parse, from = Buffer.from, decode = globalThis.atob;
  JSON.parse = (text, reviver) => (state.watch ? state.watch.parsed(text, reviver) : parse(text, reviver));
  const based = (text) => { const token = state.watch && state.watch.tokenIn(text); if (token) state.watch.say({ parse: "base64", token }); };
  Buffer.from = (text, encoding, ...rest) => { if (encoding === "base64") based(text); return from(text, encoding, ...rest); };
  globalThis.atob = (text) => { based(text); return decode(text); };
  try {
    state.exported = require(job.file);
    if (state.exported && state.exported._casemate_ready_) await state.exported._casemate_ready_;
  } catch (error) {
    return tell({ end: "failed", error: words(error), package: (error && error.package) || null });
  }
  tell({ end: "loaded", routes: job.style === "lambda" ? [] : job.style === "typed" ? controllerRoute(job) : web.routes(job.name) });
}

// -- controllers of Nest: an object of the class is made with objects of the classes that its constructor names
function controllerRoute(job) {
  const names = job.typed.filter((one) => one.from === "Param" && one.name).map((one) => `{${one.name}}`);
  return [{ path: `/${names.join("/")}`, methods: ["POST"], query: [], body: {} }];
}

function made(cls, depth) {
  const wanted = typeof cls._casemate_injected_ === "function" ? cls._casemate_injected_() : [];
  return new cls(...wanted.map((one) => (typeof one === "function" && depth < 6 && !stateOf(one) ? made(one, depth + 1) : stub("injected"))));
}

function filled(one, req, res) {
  if (one.converted) return 1;
  const area = { Param: req.params, Query: req.query, Body: req.body, Headers: req.headers, HostParam: {}, Session: {}, Req: req, Request: req, Res: res, Response: res, Ip: req.ip }[one.from];
  if (!one.name || typeof area !== "object" || area === null) return area;
  return area[one.from === "Headers" ? one.name.toLowerCase() : one.name];
}

function controller() {
  const [name, method] = state.job.name.split(".");
  const cls = state.exported[name] || state.exported.default;
  if (typeof cls !== "function") throw new Error(`the file exports no ${name}`);
  const object = made(cls, 0);
  return async (req, res) => {
    const value = await object[method](...state.job.typed.map((one) => filled(one, req, res)));
    if (state.job.typed.some((one) => /^Res/.test(one.from)) && value === undefined) return undefined;
    return res.send(value);
  };
}

// -- calling
function target() {
  const { exported, job } = state;
  let found = exported;
  for (const name of job.name.split(".")) found = found === null || found === undefined ? undefined : found[name];
  if (typeof found === "function") return [found, found === exported ? null : exported];
  if (web.registered.size) return [[...web.registered.values()].find((fn) => fn.name === job.name) || [...web.registered.values()][0], null];
  if (typeof exported === "function") return [exported, null];
  for (const name of ["handler", "lambdaHandler", "main", "default"]) {
    if (exported && typeof exported[name] === "function") return [exported[name], exported];
  }
  const only = Object.values(exported || {}).filter((one) => typeof one === "function");
  if (only.length === 1) return [only[0], exported];
  throw new Error(`the file exports no ${job.name}`);
}

function invoke(fn, self, event) {
  return new Promise((done, failed) => {
    const callback = (error, value) => (error ? failed(error) : done(value));
    const context = {
      functionName: "casemate", functionVersion: "$LATEST", invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:casemate", memoryLimitInMB: "128",
      awsRequestId: "00000000-0000-4000-8000-000000000000", logGroupName: "/aws/lambda/casemate", logStreamName: "s", callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => 5000, done: callback, succeed: done, fail: failed,
    };
    const result = fn.call(self, event, context, callback);
    if (result && typeof result.then === "function") result.then(done, failed);
    else if (fn.length < 3) setTimeout(() => done(result), 20);
    else setTimeout(() => done(result), 1000).unref();
  });
}

async function answer(job) {
  const style = state.job.style;
  if (style === "lambda") {
    const [fn, self] = target();
    return { kind: "value", value: rendered(await invoke(fn, self, state.watch.wrap(job.event, ["event"]))) };
  }
  if (style === "azure-js") return web.asAzure(target()[0], job.request);
  if (style === "azure-v1") return web.asAzureV1(target()[0], job.request);
  if (style === "cloud-event") return { kind: "value", value: rendered(await target()[0](state.watch.wrap(job.event, ["event"]), {})) };
  if (style === "typed") return web.asExpress(controller(), job.request, state.watch);
  if (web.apps.length) return web.send(job.request, state.exported);
  return web.asExpress(target()[0], job.request, state.watch);
}

async function call(job) {
  state.tokens = job.tokens;
  state.hits.clear();
  content.text = job.stored || "1";
  content.failing = job.failing || null;
  content.succeeding = job.succeeding || 0;
  content.tokens = job.tokens;
  state.watch = new Watch(tell, job.documents, job.tokens, Boolean(job.watch));
  for (const token of job.tokens) globalThis[token] = () => { tell({ seen: "called", values: [token] }); return "1"; };
  let timer;
  const late = new Promise((_done, failed) => { timer = setTimeout(() => failed(new Error(`no answer within ${job.seconds} seconds`)), job.seconds * 1000); });
  try {
    const found = await Promise.race([answer(job), late]);
    await new Promise((done) => setImmediate(() => setImmediate(() => setTimeout(done, 1))));
    tell({ response: found });
    tell({ end: "returned" });
  } catch (error) {
    state.watch.failed(error);
    tell({ end: "raised", error: words(error), package: (error && error.package) || null });
  } finally {
    clearTimeout(timer);
    for (const token of job.tokens) delete globalThis[token];
    state.watch = new Watch(tell, [], [], false);
  }
}

process.on("uncaughtException", (error) => { if (state.watch) state.watch.failed(error); });
process.on("unhandledRejection", (error) => { if (state.watch) state.watch.failed(error); });

let buffer = "";
let work = Promise.resolve();
const read = JSON.parse;
function line(text) {
  const message = read(text);
  if (message.nonce) Object.assign(state, { nonce: message.nonce, pipe: message.pipe });
  else if (message.load) return load(message.load);
  else if (message.call) return call(message.call);
  return undefined;
}
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => {
  buffer += chunk;
  const lines = buffer.split("\n");
  buffer = lines.pop();
  for (const one of lines) if (one) work = work.then(() => line(one));
});
process.stdin.on("end", () => work.then(() => process.reallyExit(0)));
