"""Routes that stand above functions."""

from __future__ import annotations

from casemate.prove.declared import declared

SOURCE = b"""
from flask import Blueprint
shop = Blueprint("shop", __name__, url_prefix="/shop")

@shop.route("/items/<int:number>", methods=["POST", "PUT"])
@login_required
def item(number):
    pass

@router.get("/files/{name:path}", response_model=File)
async def file(name: str):
    pass

class Views:
    @app.route("/")
    def home(self):
        pass

@app.errorhandler(404)
def missing(error):
    pass
"""


def test_routes_of_decorators() -> None:
    assert declared("a.py", SOURCE, "item") == [{"path": "/shop/items/{number}", "methods": ["POST", "PUT"]}]
    assert declared("a.py", SOURCE, "file") == [{"path": "/files/{name}", "methods": ["GET"]}]
    assert declared("a.py", SOURCE, "Views.home") == [{"path": "/", "methods": ["GET"]}]
    assert declared("a.py", SOURCE, "missing") == []
    assert declared("a.py", b"def a(:\n  @", "a") == []
