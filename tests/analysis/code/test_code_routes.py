"""What routes say of what they let through, and of who may call: FastAPI's dependencies, Django's converters."""

from __future__ import annotations

from tests.analysis.code.suite.marked import score
from tests.analysis.code.walking import walked

FASTAPI = """
    import os
    from enum import Enum
    from typing import Annotated, Literal, Optional
    from uuid import UUID
    from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Path, Query, UploadFile
    from fastapi.responses import HTMLResponse
    from pydantic import BaseModel, EmailStr, Field, field_validator
    app = FastAPI()
"""


def test_dependencies_that_refuse_callers_prove_who_they_are() -> None:
    text = f"""{FASTAPI}
    from fastapi.security import OAuth2PasswordBearer
    scheme = OAuth2PasswordBearer(tokenUrl="t")

    def user(token: str = Depends(scheme)):
        if token != os.environ["T"]:
            raise HTTPException(status_code=401)
        return token

    def admin(u=Depends(user)):
        return u

    @app.get("/a")
    def a(x: str, u=Depends(admin)):
        os.system(x)

    @app.get("/b")
    def b(x: str, t: str = Depends(scheme)):
        os.system(x)

    @app.get("/c", dependencies=[Depends(user)])
    def c(x: str):
        os.system(x)

    router = APIRouter(dependencies=[Depends(user)])

    @router.get("/d")
    def d(x: str):
        os.system(x)

    @app.get("/e")
    def e(x: str, u: Annotated[str, Depends(user)]):
        os.system(x)
    """
    found = {
        facts.name: {flow.exposure for flow in facts.flows} for facts in walked({"app.py": text}).facts if facts.flows
    }
    proved = {"authenticated"}
    assert found == {"a": proved, "b": {"unknown"}, "c": proved, "d": proved, "e": proved}


DJANGO = {
    "shop/views.py": """
    import os
    from django.views import View
    from django.http import HttpResponse

    def number(request, pk):
        os.system(f"a {pk}")
        return HttpResponse("ok")

    def word(request, name):
        os.system(f"a {name}")  # !command
        return HttpResponse("ok")

    def pattern(request, year, rest):
        os.system(f"a {year}")
        os.system(f"a {rest}")  # !command
        return HttpResponse("ok")

    class Both(View):
        def get(self, request, slug):
            os.system(f"a {slug}")
            os.system(f"a {self.kwargs['slug']}")
            return HttpResponse("ok")

    class Free(View):
        def get(self, request, slug):
            os.system(f"a {slug}")  # !command
            return HttpResponse("ok")
    """,
    "shop/urls.py": """
    from django.contrib.auth.decorators import login_required
    from django.urls import path, re_path
    from . import views
    urlpatterns = [
        path("n/<int:pk>/", views.number), path("w/<str:name>/", login_required(views.word)),
        re_path(r"^y/(?P<year>[0-9]{4})/(?P<rest>.+)$", views.pattern),
        path("b/<slug:slug>/", views.Both.as_view()), path("f/<slug:slug>/", views.Free.as_view()),
    ] + [path("g/<path:slug>/", views.Free.as_view(), name="g")]
    """,
}


def test_converters_of_routes() -> None:
    outcome = score({"django": DJANGO})
    assert (outcome.misses, outcome.alarms) == ([], [])


def test_routes_of_another_project_say_nothing() -> None:
    views = DJANGO["shop/views.py"].replace('os.system(f"a {pk}")', 'os.system(f"a {pk}")  # !command')
    other = {"blog/views.py": views, "shop/urls.py": DJANGO["shop/urls.py"], "blog/urls.py": """
    from django.urls import path
    from . import views
    urlpatterns = [path("n/<path:pk>/", views.number)]
    """}  # fmt: skip
    outcome = score({"two": other})
    assert (outcome.misses, outcome.alarms) == ([], [])


def test_the_files_of_routes_are_part_of_what_was_read() -> None:
    assert set(walked(DJANGO).files) == {"shop/views.py", "shop/urls.py"}
