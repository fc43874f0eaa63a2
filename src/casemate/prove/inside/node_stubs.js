"use strict";
// Stand-ins for clients of services: every property exists, every call gives something that can be used like most things.
// The twin of stubs.py. A stub is a text (`1`), a list of one, a promise, a class and a function at once.

const content = { text: "1", failing: null, always: [], foreign: [], tokens: [], given: () => {} };

function within(name, list) {
  const bare = name.replace(/^new /, "");
  return list.find((one) => bare === one || bare.startsWith(one.endsWith("/") ? one : `${one}.`) || bare.startsWith(`${one}(`) || bare.startsWith(`${one}/`));
}

// A package of which nothing is known is given the data, or code to call: what it would do with it cannot be guessed.
function noticed(name, rest) {
  const found = content.foreign.length ? within(name, content.foreign) : undefined;
  if (found !== undefined && rest.some((one) => told(one, 0))) content.given(found);
}

function told(value, depth) {
  if (known.has(value)) return false;
  if (typeof value === "function") return true;
  if (typeof value === "string" || Buffer.isBuffer(value)) return content.tokens.some((token) => value.includes(token));
  if (value === null || typeof value !== "object") return false;
  if (depth > 5) return true;
  try {
    return Object.entries(value).slice(0, 200).some(([key, one]) => told(key, depth + 1) || told(one, depth + 1));
  } catch {
    return true;
  }
}
const known = new WeakMap();
const LISTS = {
  map: (one, fn) => [fn(one, 0)],
  flatMap: (one, fn) => [].concat(fn(one, 0)),
  forEach: (one, fn) => void fn(one, 0),
  filter: (one, fn) => (fn(one, 0) ? [one] : []),
  find: (one, fn) => (fn(one, 0) ? one : undefined),
  some: (one, fn) => Boolean(fn(one, 0)),
  every: (one, fn) => Boolean(fn(one, 0)),
  reduce: (one, fn, first) => fn(first, one, 0),
};
const WRAPPERS = /^(?:@middy|@sentry|aws-xray|datadog|dd-trace|@aws-lambda-powertools|@lumigo|newrelic|cors|helmet|morgan|compression)/;
const ERROR_FIRST = /^(?:async\s*)?(?:function\s*\w*\s*)?\(?\s*(?:_?e|err|error|er|_|_err|_error|ex)\b/;
const OF_TEXTS = new Set(["replace", "replaceAll", "trim", "trimStart", "trimEnd", "toLowerCase", "toUpperCase", "split", "slice", "substring", "substr", "startsWith", "endsWith", "includes", "match", "matchAll", "search", "normalize", "charAt", "charCodeAt", "indexOf", "padStart", "padEnd"]);
const ABSENT = new Set(["__esModule", "asymmetricMatch", "nodeType", "$$typeof", "inspect", "_isVue", "__proto__"]);

function stub(name, given = [], settled = false) {
  const state = { name, given, set: new Map() };
  const made = new Proxy(function () {}, {
    get(target, key) {
      if (state.set.has(key)) return state.set.get(key);
      if (key === Symbol.toPrimitive) return () => content.text;
      if (key === Symbol.iterator) return function* () { yield stub(`${name}[]`); };
      if (key === Symbol.asyncIterator) return async function* () { yield stub(`${name}[]`, [], true); };
      if (typeof key === "symbol" || ABSENT.has(key)) return undefined;
      if (key === "prototype") return target.prototype;
      if (key === "then") {
        if (settled) return undefined;
        return (done, failed) => (state.failed ? Promise.reject(new Error(state.failed)) : Promise.resolve(stub(name, given, true))).then(done, failed);
      }
      if (key === "catch") return () => stub(name, given);
      if (key === "finally") return (fn) => { fn(); return stub(name, given); };
      if (key === "toString" || key === "valueOf" || key === "toJSON") return () => content.text;
      if (key === "length" || key === "size") return 1;
      if (content.text !== "1" && OF_TEXTS.has(key)) return (...rest) => content.text[key](...rest); // what checks or changes stored data does so
      if (key in LISTS) return (fn, ...rest) => (typeof fn === "function" ? LISTS[key](stub(`${name}[]`), fn, ...rest) : stub(`${name}.${key}()`, [fn, ...rest]));
      if (/^[A-Z]\w*(?:Error|Exception|NotFound)$/.test(key)) return fixed(state, key, class extends Error {});
      if (key === "call") return (_self, ...rest) => made(...rest);
      if (key === "apply") return (_self, rest) => made(...rest);
      if (key === "bind") return () => made;
      return fixed(state, key, stub(`${name}.${key}`));
    },
    set(_target, key, value) {
      state.set.set(key, value);
      return true;
    },
    has: () => true,
    deleteProperty: () => true,
    apply: (_target, _self, rest) => called(name, rest),
    construct(target, rest, wanted) {
      if (wanted !== made) return Reflect.construct(target, [], wanted);
      noticed(name, rest);
      return stub(`new ${name}`, rest);
    },
  });
  known.set(made, state);
  return made;
}

function fixed(state, key, value) {
  state.set.set(key, value);
  return value;
}

function called(name, rest) {
  noticed(name, rest);
  let failing = content.failing && within(name, content.always) !== undefined && !/\.(?:promise|then|catch)$/.test(name) ? content.failing : null;
  if (/\(\)\.promise$/.test(name) && content.lastFailed === name.slice(0, -8)) failing = content.failing;
  else if (failing && content.succeeding > 0) { content.succeeding -= 1; failing = null; content.lastFailed = null; }
  else if (failing) content.lastFailed = `${name}()`;
  const last = rest[rest.length - 1];
  if (typeof last === "function" && !known.has(last)) {
    if (WRAPPERS.test(name)) return last;
    const text = Function.prototype.toString.call(last).slice(0, 200);
    if (!/^class\b/.test(text)) {
      const values = ERROR_FIRST.test(text) ? [null, stub(`${name}()`, [], true), stub(`${name}()`, [], true)] : [stub(`${name}()`, [], true), stub(`${name}()`, [], true)];
      setImmediate(() => (failing && values[0] === null ? last(new Error(failing)) : last(...values)));
    }
  }
  const made = stub(`${name}()`, rest);
  if (failing) known.get(made).failed = failing;
  return made;
}

module.exports = { stub, content, stateOf: (value) => (typeof value === "function" ? known.get(value) : undefined) };
