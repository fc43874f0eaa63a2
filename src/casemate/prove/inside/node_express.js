"use strict";
// What Express does with a request, for code whose Express is not installed: routes, middleware, and the response methods.
// Only what is documented (Express 4.x API reference: Application, Request, Response, Router); an error ends in a plain 500.

const METHODS = ["get", "post", "put", "patch", "delete", "head", "options", "all"];

function pattern(path, whole) {
  if (path instanceof RegExp) return { test: path, names: [] };
  const names = [];
  const parts = String(path).split(/(:\w+(?:\([^()]*\))?\??|\*\w*)/);
  const text = parts.map((part) => {
    const named = /^:(\w+)(?:\([^()]*\))?(\??)$/.exec(part);
    if (named) {
      names.push(named[1]);
      return named[2] ? "([^/]*)" : "([^/]+)";
    }
    if (/^\*\w*$/.test(part) && part) {
      names.push(part.slice(1) || "0");
      return "(.*)";
    }
    return part.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  });
  const body = text.join("").replace(/\/$/, "");
  return { test: new RegExp(whole ? `^${body}/?$` : `^${body}(?=/|$)`, "i"), names };
}

function matched(layer, path) {
  for (const { test, names } of layer.patterns) {
    const found = test.exec(path);
    if (!found) continue;
    const params = {};
    for (const [at, name] of names.entries()) {
      if (found[at + 1] === undefined) continue;
      try { params[name] = decodeURIComponent(found[at + 1]); } catch { params[name] = found[at + 1]; }
    }
    return { params, used: found[0] };
  }
  return null;
}

function router() {
  const stack = [];
  const handle = (req, res, done) => {
    let at = 0;
    const base = req.baseUrl || "", url = req.url;
    const next = (error) => {
      req.baseUrl = base;
      req.url = url;
      if (error === "route" || error === "router") error = undefined;
      const path = decodable(req.url.split("?")[0]);
      for (; at < stack.length; ) {
        const layer = stack[at++];
        const found = matched(layer, path);
        if (!found || (layer.method && layer.method !== "all" && layer.method !== req.method.toLowerCase())) continue;
        const wantsError = layer.handler.length === 4;
        if (Boolean(error) !== wantsError) continue;
        req.params = { ...(layer.method ? {} : req.params), ...found.params };
        if (!layer.method && found.used && found.used !== "/") {
          req.baseUrl = base + found.used;
          req.url = req.url.slice(found.used.length) || "/";
          if (!req.url.startsWith("/")) req.url = `/${req.url}`;
        }
        try {
          const result = wantsError ? layer.handler(error, req, res, next) : layer.handler(req, res, next);
          if (result && typeof result.then === "function") result.then(undefined, next);
        } catch (thrown) {
          next(thrown || new Error("thrown"));
        }
        return;
      }
      done(error);
    };
    next();
  };
  const own = (req, res, next) => handle(req, res, next || ((error) => ended(res, error)));
  const add = (method, path, handlers) => {
    const paths = [].concat(path);
    const fns = handlers.flat(9).filter((one) => typeof one === "function");
    for (const handler of fns) stack.push({ method, handler, patterns: paths.map((one) => pattern(one, Boolean(method))), ...(method ? { route: { path: paths[0], methods: { [method]: true }, stack: fns.map((fn) => ({ handle: fn })) } } : {}) });
    return own;
  };
  for (const method of METHODS) own[method] = (path, ...handlers) => add(method, path, handlers);
  own.use = (...rest) => (typeof rest[0] === "function" || (Array.isArray(rest[0]) && typeof rest[0][0] === "function") ? add("", "/", rest) : add("", rest[0], rest.slice(1)));
  own.route = (path) => {
    const chain = {};
    for (const method of METHODS) chain[method] = (...handlers) => { add(method, path, handlers); return chain; };
    return chain;
  };
  own.param = () => own;
  own.stack = stack;
  own._router = { stack };
  return own;
}

function decodable(path) {
  return path.replace(/\/{2,}/g, "/") || "/";
}

function ended(res, error) {
  if (res.writableEnded || res.headersSent) return;
  res.statusCode = error ? (error.status || error.statusCode || 500) : 404;
  res.setHeader("Content-Type", "text/plain");
  res.end(error ? "Internal Server Error" : "Not Found");
}

function nested(pairs) {
  const found = {};
  for (const [key, value] of pairs) {
    const parts = key.match(/[^[\]]+|\[\]/g) || [key];
    if (parts.some((one) => ["__proto__", "prototype", "constructor"].includes(one))) continue;
    let node = found;
    while (parts.length > 1) {
      const part = parts.shift();
      if (typeof node[part] !== "object" || node[part] === null) node[part] = parts[0] === "[]" ? [] : {};
      node = node[part];
    }
    if (Array.isArray(node)) node.push(value);
    else if (parts[0] in node) node[parts[0]] = [].concat(node[parts[0]], value);
    else node[parts[0]] = value;
  }
  return found;
}

function extended(req, res, app) {
  const [path, query] = [req.url.split("?")[0], req.url.split("?").slice(1).join("?")];
  Object.assign(req, { app, res, originalUrl: req.url, baseUrl: "", params: {}, query: nested(new URLSearchParams(query)), ip: "192.0.2.1", ips: [], protocol: "https", secure: true, hostname: "localhost", xhr: false, subdomains: [] });
  Object.defineProperty(req, "path", { get: () => decodable(req.url.split("?")[0]), configurable: true });
  req.get = req.header = (name) => req.headers[String(name).toLowerCase()];
  req.is = (kind) => ((req.headers["content-type"] || "").includes(String(kind).replace(/^\*\/|\*$/g, "")) ? kind : false);
  req.accepts = (...kinds) => kinds.flat()[0] || true;
  void path;
  Object.assign(res, { app, req, locals: {} });
  res.status = (code) => { res.statusCode = code; return res; };
  res.set = res.header = (name, value) => {
    if (typeof name === "object") for (const [key, one] of Object.entries(name)) res.setHeader(key, one);
    else res.setHeader(name, Array.isArray(value) ? value.map(String) : String(value));
    return res;
  };
  res.get = (name) => res.getHeader(name);
  res.append = (name, value) => { res.setHeader(name, [].concat(res.getHeader(name) || [], value)); return res; };
  res.type = res.contentType = (kind) => res.set("Content-Type", KINDS[kind] || (kind.includes("/") ? kind : `text/${kind}`));
  res.vary = res.links = res.location = () => res;
  res.location = (url) => res.set("Location", encodeURI(String(url)).replace(/%25(?=[0-9a-f]{2})/gi, "%"));
  res.json = (value) => { if (!res.getHeader("Content-Type")) res.set("Content-Type", "application/json; charset=utf-8"); res.end(JSON.stringify(value)); return res; };
  res.jsonp = res.json;
  res.send = (value) => {
    if (Buffer.isBuffer(value)) { if (!res.getHeader("Content-Type")) res.set("Content-Type", "application/octet-stream"); res.end(value); return res; }
    if (value !== null && ["object", "number", "boolean"].includes(typeof value)) return res.json(value);
    if (!res.getHeader("Content-Type")) res.set("Content-Type", "text/html; charset=utf-8");
    res.end(value === undefined || value === null ? "" : String(value));
    return res;
  };
  res.sendStatus = (code) => { res.statusCode = code; return res.type("txt").send(String(code)); };
  res.redirect = (one, two) => { res.statusCode = two === undefined ? 302 : Number(one); res.location(two === undefined ? one : two); res.end(""); };
  res.cookie = (name, value) => res.append("Set-Cookie", `${name}=${encodeURIComponent(typeof value === "object" ? JSON.stringify(value) : String(value))}`);
  res.clearCookie = (name) => res.append("Set-Cookie", `${name}=`);
  res.attachment = () => res;
  res.sendFile = res.download = (_file, ...rest) => { const fn = rest.find((one) => typeof one === "function"); res.end(""); if (fn) fn(); };
  res.render = (_view, ...rest) => { const fn = rest.find((one) => typeof one === "function"); if (fn) fn(null, ""); else res.end(""); };
  res.format = (table) => { const [kind, fn] = Object.entries(table)[0] || []; if (fn) { res.type(kind); fn(req, res); } return res; };
}

const KINDS = { html: "text/html; charset=utf-8", json: "application/json; charset=utf-8", txt: "text/plain; charset=utf-8", text: "text/plain; charset=utf-8", xml: "application/xml", js: "text/javascript", css: "text/css" };

function express() {
  const inner = router();
  const settings = new Map();
  const app = (req, res, next) => {
    if (!req.res) extended(req, res, app);
    inner(req, res, next || ((error) => ended(res, error)));
  };
  Object.assign(app, inner, { stack: undefined, _router: inner._router, locals: {}, mountpath: "/", settings: {} });
  const get = inner.get;
  app.get = (path, ...handlers) => (handlers.length ? get(path, ...handlers) : settings.get(path));
  app.set = (name, value) => { settings.set(name, value); return app; };
  app.enable = (name) => app.set(name, true);
  app.disable = (name) => app.set(name, false);
  app.enabled = (name) => Boolean(settings.get(name));
  app.engine = () => app;
  app.handle = app;
  app.listen = (...rest) => { const fn = rest.find((one) => typeof one === "function"); if (fn) setImmediate(fn); return { close: (done) => done && done(), address: () => ({ port: 3000 }), on: () => undefined }; };
  return app;
}

function reading(read, wanted) {
  return (options) => (req, res, next) => {
    const kind = req.headers["content-type"] || "";
    const mine = options && typeof options.type === "string" ? options.type.includes("*") || kind.includes(options.type) : wanted(kind);
    if (req.body !== undefined || !mine) { if (req.body === undefined) req.body = {}; return next(); }
    const parts = [];
    req.on("data", (chunk) => parts.push(chunk));
    req.on("end", () => {
      const whole = Buffer.concat(parts);
      try { req.body = whole.length ? read(whole) : {}; } catch (error) { error.status = 400; return next(error); }
      return next();
    });
    return undefined;
  };
}

module.exports = Object.assign(express, {
  default: express, Router: router,
  json: reading((whole) => JSON.parse(whole.toString()), (kind) => kind.includes("json")),
  urlencoded: reading((whole) => nested(new URLSearchParams(whole.toString())), (kind) => kind.includes("urlencoded")),
  text: reading((whole) => whole.toString(), (kind) => kind.includes("text/plain")),
  raw: reading((whole) => whole, (kind) => kind.includes("octet-stream")),
  static: () => (_req, _res, next) => next(),
});
module.exports.bodyParser = Object.assign(module.exports.json, { json: module.exports.json, urlencoded: module.exports.urlencoded, text: module.exports.text, raw: module.exports.raw });
