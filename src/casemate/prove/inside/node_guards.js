"use strict";
// What code must not do is not done: programs are not started, hosts not reached. The twin of guards.py; what holds hostile
// code is the sandbox around.

const cp = require("child_process"), fs = require("fs"), http = require("http"), https = require("https"), net = require("net");
const tls = require("tls"), dns = require("dns"), vm = require("vm"), util = require("util");
const { EventEmitter } = require("events");
const { Readable, Writable } = require("stream");
const { stub } = require("./node_stubs.js");

const own = { request: http.request, createServer: http.createServer, readFileSync: fs.readFileSync, writeSync: fs.writeSync };

function child() {
  const made = new EventEmitter();
  Object.assign(made, { stdout: Readable.from([]), stderr: Readable.from([]), pid: 4194304, exitCode: 0, kill: () => true, unref() {}, ref() {}, send() {} });
  made.stdin = new Writable({ write(_chunk, _encoding, done) { done(); } });
  setImmediate(() => { made.emit("exit", 0, null); made.emit("close", 0, null); });
  return made;
}

function empty(options) {
  return options && typeof options === "object" && options.encoding && options.encoding !== "buffer" ? "" : Buffer.alloc(0);
}

function programs() {
  const withCallback = (...rest) => {
    const fn = rest.findLast((one) => typeof one === "function");
    if (fn) setImmediate(() => fn(null, "", ""));
    return child();
  };
  for (const name of ["exec", "execFile"]) {
    const fake = (...rest) => withCallback(...rest);
    fake[util.promisify.custom] = async () => ({ stdout: "", stderr: "" });
    cp[name] = fake;
  }
  cp.execSync = (_command, options) => empty(options);
  cp.execFileSync = (_file, args, options) => empty(Array.isArray(args) ? options : args);
  cp.spawn = () => child();
  cp.fork = () => child();
  cp.spawnSync = (_file, args, options) => {
    const nothing = empty(Array.isArray(args) ? options : args);
    return { status: 0, signal: null, pid: 4194304, stdout: nothing, stderr: nothing, output: [null, nothing, nothing] };
  };
}

function files(holds) {
  const nothing = (rest) => (typeof rest[1] === "string" || (rest[1] && rest[1].encoding) ? "" : Buffer.alloc(0));
  const answers = { readFile: nothing, readdir: () => [], stat: () => ({ isFile: () => true, isDirectory: () => false, size: 0, mtime: new Date(0) }),
    writeFile: () => undefined, appendFile: () => undefined, unlink: () => undefined, mkdir: () => undefined, access: () => undefined, copyFile: () => undefined, rm: () => undefined };
  for (const [name, answer] of Object.entries(answers)) {
    const sync = fs[`${name}Sync`], callback = fs[name], promised = fs.promises[name];
    fs[`${name}Sync`] = (...rest) => {
      try { return sync.apply(fs, rest); } catch (error) { if (holds(rest[0])) return answer(rest); throw error; }
    };
    fs[name] = (...rest) => {
      const fn = rest[rest.length - 1];
      if (typeof fn === "function" && holds(rest[0])) return void setImmediate(() => fn(null, answer(rest)));
      return callback.apply(fs, rest);
    };
    fs.promises[name] = async (...rest) => {
      try { return await promised.apply(fs.promises, rest); } catch (error) { if (holds(rest[0])) return answer(rest); throw error; }
    };
  }
  const stream = fs.createReadStream;
  fs.createReadStream = (path, ...rest) => (holds(path) ? Readable.from([]) : stream.call(fs, path, ...rest));
}

function network() {
  const request = (ends) => (...rest) => {
    const fn = rest.findLast((one) => typeof one === "function");
    const made = new Writable({ write(_chunk, _encoding, done) { done(); } });
    const answer = () => {
      const response = Readable.from([Buffer.from("{}")]);
      Object.assign(response, { statusCode: 200, statusMessage: "OK", headers: { "content-type": "application/json" }, rawHeaders: [] });
      if (fn) fn(response);
      made.emit("response", response);
    };
    Object.assign(made, { setTimeout: () => made, setHeader() {}, getHeader() {}, removeHeader() {}, abort() {}, setNoDelay() {}, setSocketKeepAlive() {}, flushHeaders() {} });
    let ended = false;
    made.on("finish", () => { if (!ended) { ended = true; setImmediate(answer); } });
    if (ends) made.end();
    return made;
  };
  for (const one of [http, https]) {
    one.request = request(false);
    one.get = request(true);
  }
  const refused = () => { throw new Error("no network in a proof"); };
  for (const one of [net, tls]) { one.connect = refused; one.createConnection = refused; }
  for (const name of ["lookup", "resolve", "resolve4", "resolve6"]) {
    dns[name] = (...rest) => { const fn = rest[rest.length - 1]; if (typeof fn === "function") setImmediate(() => fn(new Error("no network in a proof"))); };
    if (dns.promises[name]) dns.promises[name] = async () => refused();
  }
  globalThis.fetch = async () => new Response("{}", { status: 200, headers: { "content-type": "application/json" } });
}

function install(holds) {
  programs();
  files(holds);
  network();
  for (const name of ["runInNewContext", "runInThisContext", "runInContext", "compileFunction"]) vm[name] = () => stub(`vm.${name}()`);
  process.exit = (code) => { throw new Error(`process.exit(${code})`); };
  process.abort = process.exit;
  process.kill = () => true;
  require("module").syncBuiltinESMExports();
}

module.exports = { install, own };
