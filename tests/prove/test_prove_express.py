"""Code whose Express is not installed is called as Express calls it."""

from __future__ import annotations

import shutil

import pytest
from tests.prove.prove_applications import proven

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")]

APPLICATION = """
const express = require("express");
const cp = require("child_process");
const app = express();
app.use(express.json());
app.use(express.urlencoded({ extended: true }));
const orders = express.Router();
app.get("/hello", (req, res) => res.send(`<p>${req.query.name}`));
app.get("/safe", (req, res) => res.send(`<p>${Number(req.query.name)}`));
app.get("/plain", (req, res) => res.type("text").send(`<p>${req.query.name}`));
app.get("/go", (req, res) => res.redirect(req.query.to));
app.get("/home", (req, res) => res.redirect("/" + encodeURIComponent(req.query.to)));
orders.use((req, res, next) => (req.query.version === "2" ? next() : res.status(400).end()));
orders.post("/:id/print", (req, res) => { cp.execSync("print " + req.body.printer); res.json({}); });
orders.get("/:id", async (req, res) => { cp.execSync("show " + req.params.id); res.json({}); });
app.use("/orders", orders);
app.use((error, req, res, next) => res.status(500).json({ failed: true }));
module.exports = app;
app.listen(3000);
"""


def test_express() -> None:
    found = proven({"package.json": '{"dependencies": {"express": "4"}}', "app.js": APPLICATION.lstrip("\n")})
    confirmed = {one.split()[0] for one in found if one.endswith(" confirmed")}
    assert {"xss:7", "redirect:10", "command:13", "command:14"} <= confirmed, found
    assert not {"xss:8", "xss:9", "redirect:11"} & confirmed, found
