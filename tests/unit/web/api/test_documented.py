from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from apostil.web.api import asked, documented, shapes

MODELS = [
    model
    for module in (asked, shapes)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, BaseModel) and model is not BaseModel
]
SHOWN = [model for model in MODELS if "examples" in model.model_json_schema()]


@pytest.mark.parametrize("model", SHOWN, ids=lambda model: model.__name__)
def test_an_example_in_the_document_is_of_the_shape_that_it_shows(model: type[BaseModel]) -> None:
    for example in model.model_json_schema()["examples"]:
        shown = model.model_validate(example).model_dump(mode="json", by_alias=True)
        assert {name: shown[name] for name in example} == example


def test_every_answer_about_jobs_has_an_example() -> None:
    assert {"JobBody", "JobList", "SegmentList", "ReceiptBody", "ResultBody", "BatchBody"} <= {
        model.__name__ for model in SHOWN
    }


def test_problems_of_one_status_are_told_together_with_what_any_operation_may_answer() -> None:
    told = documented.problems("job-not-found", "application-unknown", "documents-wrong")
    assert list(told) == [404, 422, "default"]
    kinds = told[422]["content"]["application/problem+json"]["examples"]
    assert list(kinds) == ["application-unknown", "documents-wrong", "request-invalid"]
    assert kinds["documents-wrong"]["value"]["type"] == "/problems/documents-wrong"
    anywhere = told["default"]["content"]["application/problem+json"]["examples"]
    assert {"token-needed", "rate-limited", "internal-error"} <= set(anywhere)


def test_a_problem_that_is_in_no_catalogue_is_not_documented() -> None:
    with pytest.raises(KeyError):
        documented.problems("made-up")


def test_null_is_taken_out_where_only_text_can_be_sent_and_nowhere_else() -> None:
    maybe = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}], "title": "Maybe"}
    answer = {"properties": {"one": dict(maybe)}}
    document: dict[str, Any] = {
        "paths": {
            "/things": {
                "post": {
                    "responses": {},
                    "parameters": [{"name": "one", "in": "query", "schema": dict(maybe)}],
                    "requestBody": {
                        "content": {
                            "multipart/form-data": {
                                "schema": {"$ref": "#/components/schemas/Form"}
                            },
                            "application/json": {"schema": {"properties": {"one": dict(maybe)}}},
                        }
                    },
                },
            }
        },
        "components": {"schemas": {"Form": {"properties": {"one": dict(maybe)}}, "Answer": answer}},
    }
    # Twice, since the framework keeps the document and hands it out again.
    mended = documented.completed(documented.completed(document))
    posted = mended["paths"]["/things"]["post"]
    just = {"title": "Maybe", "type": "integer", "minimum": 1}
    assert posted["parameters"][0]["schema"] == just
    assert mended["components"]["schemas"]["Form"]["properties"]["one"] == just
    assert mended["components"]["schemas"]["Answer"] == {"properties": {"one": maybe}}
    as_json = posted["requestBody"]["content"]["application/json"]["schema"]
    assert as_json["properties"]["one"] == maybe
    assert "Problem" in mended["components"]["schemas"]
    assert list(posted["responses"]) == ["default"]
