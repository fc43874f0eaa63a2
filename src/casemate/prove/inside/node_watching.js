"use strict";
// Data that tells what is asked of it, and values as data that a line can carry. The twin of watching.py.

const { stateOf, content } = require("./node_stubs.js");
const MAX_TEXT = 20000, MAX_ITEMS = 60, MAX_DEPTH = 7, MAX_ASKED = 200;
const parse = JSON.parse;
const QUIET = new Set(["then", "toJSON", "constructor", "inspect", "asymmetricMatch", "nodeType", "length", "__esModule", "$$typeof"]);

class Watch {
  constructor(tell, documents, tokens, on) {
    this.tell = tell;
    this.documents = new Map(documents);
    this.tokens = tokens;
    this.on = on;
    this.told = new Set();
    this.last = null;
  }
  say(message) {
    const text = JSON.stringify(message);
    if (!this.on || this.told.size > MAX_ASKED || this.told.has(text)) return;
    this.told.add(text);
    this.tell(message);
  }
  wrap(value, path) {
    if (!this.on || value === null || typeof value !== "object") return value;
    const watch = this;
    const inner = new Map();
    return new Proxy(value, {
      get(target, key, receiver) {
        if (typeof key === "symbol") return Reflect.get(target, key);
        if (Array.isArray(target) && !/^\d+$/.test(key)) return Reflect.get(target, key, receiver);
        if (!Object.prototype.hasOwnProperty.call(target, key)) {
          if (!(key in target) && !QUIET.has(key)) watch.missed([...path, key], "get");
          return Reflect.get(target, key);
        }
        const found = Reflect.get(target, key);
        if (found === null || typeof found !== "object") return found;
        if (!inner.has(found)) inner.set(found, watch.wrap(found, [...path, key]));
        return inner.get(found);
      },
      has(target, key) {
        if (typeof key === "string" && !(key in target)) watch.missed([...path, key], "in");
        return key in target;
      },
    });
  }
  missed(path, how) {
    this.last = path;
    this.say({ missed: path, how });
  }
  // An error that says that something was not there: the last thing that was missed is what was meant.
  failed(error) {
    const words = String((error && error.message) || error);
    const reading = /\(reading '([^']+)'\)|Cannot destructure property '([^']+)'/.exec(words);
    if (!this.last) return;
    if (reading) {
      const key = reading[1] || reading[2];
      const text = key in String.prototype || key === "length" || typeof key === "symbol";
      const list = key in Array.prototype && !(key in String.prototype);
      this.say({ missed: text ? this.last : [...this.last, list ? "0" : key], how: "item" });
    } else if (/is not valid JSON|must be of type string|Received undefined|is not iterable|undefined/.test(words)) {
      this.say({ missed: this.last, how: "item" });
    }
  }
  tokenIn(text) {
    return typeof text === "string" ? this.tokens.find((token) => text.includes(token)) : undefined;
  }
  parsed(text, reviver) {
    const given = Buffer.isBuffer(text) ? text.toString("utf8") : text;
    if (stateOf(given)) return given;
    let value;
    try {
      value = parse(given, reviver);
    } catch (error) {
      const token = this.tokenIn(given);
      if (given !== null && typeof given === "object" && this.on) this.say({ wanted: "text", path: this.pathOf(given) });
      if (token) this.say({ parse: "json", token });
      else if (this.documents.has(given)) this.say({ parse: "json", path: this.documents.get(given) });
      throw error;
    }
    const path = this.documents.get(given);
    return path ? this.wrap(value, [...path, "<json>"]) : value;
  }
  pathOf() {
    return this.last || [];
  }
}

function rendered(value, depth = 0) {
  if (value === null || value === undefined) return null;
  const kind = typeof value;
  if (kind === "string") return value.slice(0, MAX_TEXT);
  if (kind === "boolean") return value;
  if (kind === "number") return Number.isFinite(value) ? value : String(value);
  if (kind === "bigint" || kind === "symbol") return String(value);
  const state = stateOf(value);
  if (state) {
    return { stub: state.name, text: content.text, list: depth < MAX_DEPTH ? state.given.slice(0, 8).map((one) => rendered(one, depth + 1)) : [], map: {} };
  }
  if (kind === "function") return { kind: "function" };
  if (Buffer.isBuffer(value) || value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("latin1").slice(0, MAX_TEXT) };
  if (depth >= MAX_DEPTH) return { kind: "object" };
  try {
    if (Array.isArray(value)) return { list: value.slice(0, MAX_ITEMS).map((one) => rendered(one, depth + 1)) };
    if (value instanceof URL) return { kind: "URL", text: value.href };
    if (value instanceof Map) return { map: Object.fromEntries([...value].slice(0, MAX_ITEMS).map(([key, one]) => [String(key), rendered(one, depth + 1)])) };
    if (value instanceof Set) return { list: [...value].slice(0, MAX_ITEMS).map((one) => rendered(one, depth + 1)) };
    if (value instanceof Error) return { kind: "Error", text: String(value.message).slice(0, MAX_TEXT) };
    if (typeof value.url === "string" && value.constructor && value.constructor.name === "Request") return { kind: "Request", text: value.url };
    if (value instanceof String) return String(value);
    const found = { map: {} };
    for (const key of Object.keys(value).slice(0, MAX_ITEMS)) found.map[key] = rendered(value[key], depth + 1);
    if (typeof value.then === "function") return { kind: "Promise" };
    return found;
  } catch {
    return { kind: "object" };
  }
}

module.exports = { Watch, rendered };
