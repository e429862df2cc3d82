"""`motion-agent serve`, started as its page says, with real clients at the other end."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from servers import Server


def events(answer: httpx.Response) -> list[tuple[str, dict[str, Any]]]:
    """What a stream of server-sent events holds."""
    found, kind = [], ""
    for line in answer.iter_lines():
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            found.append((kind, json.loads(value)))
    return found


def say(client: httpx.Client, thread: str, text: str, **more: Any) -> dict[str, Any]:
    answer = client.post(f"/v1/threads/{thread}/messages", json={"text": text, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_conversation_with_its_progress(ada: httpx.Client) -> None:
    thread = ada.post("/v1/threads").json()["thread"]
    said = {"text": "a person walks forward, then waves"}
    with ada.stream(
        "POST", f"/v1/threads/{thread}/messages", json=said, headers={"Accept": "text/event-stream"}
    ) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        told = events(answer)
    kinds = [kind for kind, _ in told if kind != "step"]
    assert kinds == ["planned", "generating", "done", "answer"]
    assert dict(told)["planned"]["steps"] == ["compose_sequence"]
    made = dict(told)["answer"]["motions"][0]
    assert [segment["description"] for segment in made["segments"]] == [
        "a person walks forward",
        "a person waves",
    ]

    longer = say(ada, thread, "mirror it")["motions"][0]
    assert longer["parent"] == made["id"] and longer["seconds"] == made["seconds"]

    shown = ada.get(f"/v1/threads/{thread}").json()
    assert [message["role"] for message in shown["messages"]] == ["user", "assistant"] * 2
    assert shown["current"] == longer["id"] and [m["id"] for m in shown["motions"]] == [
        made["id"],
        longer["id"],
    ]
    [listed] = [entry for entry in ada.get("/v1/threads").json()["threads"] if entry["name"] == thread]
    assert listed["turns"] == 2 and listed["title"] == said["text"]

    assert ada.delete(f"/v1/threads/{thread}").status_code == 204
    assert ada.get(f"/v1/threads/{thread}").status_code == 404
    assert ada.get(f"/v1/motions/{made['id']}").json()["id"] == made["id"]  # motions stay


def test_tools_without_a_conversation(ada: httpx.Client) -> None:
    asked = {"description": "a person walks forward", "seconds": 2, "seed": 5}
    walk = ada.post("/v1/generate", json=asked).json()["motion"]
    assert walk["seconds"] == 2
    both = ada.post(
        "/v1/compose",
        json={"segments": [{"motion_id": walk["id"]}, {"description": "a person jumps", "seconds": 1}]},
    ).json()["motion"]
    assert both["seconds"] == 3
    twice = ada.post(
        "/v1/edit", json={"motion_id": walk["id"], "operations": [{"op": "repeat", "times": 2}]}
    ).json()["motion"]
    assert twice["parent"] == walk["id"] and twice["seconds"] == 4
    caption = ada.post("/v1/caption", json={"motion_id": walk["id"]}).json()["result"]["caption"]
    assert "walk" in caption
    scene = ada.post(
        "/v1/scene", json={"people": [{"motion_id": walk["id"]}, {"motion_id": walk["id"], "z": 2}]}
    )
    named = {"motion_id": scene.json()["motion"]["id"], "name": "the pair"}
    assert ada.post("/v1/name", json=named).json()["motion"]["name"] == "the pair"
    assert ada.get("/v1/motions/the pair/bvh").status_code == 422  # of whom?
    assert ada.get("/v1/motions/the pair/bvh", params={"who": 2}).text.startswith("HIERARCHY")


def test_the_same_idempotency_key_makes_the_same_motion_once(ada: httpx.Client) -> None:
    asked = {"description": "a person jumps", "seconds": 1}
    keyed = {"Idempotency-Key": "order-66"}
    first, again = (ada.post("/v1/generate", json=asked, headers=keyed).json()["motion"] for _ in range(2))
    other = ada.post("/v1/generate", json=asked).json()["motion"]
    assert first == again and other["id"] != first["id"]


def test_files_are_written_fetched_uploaded_and_talked_about(ada: httpx.Client) -> None:
    walk = ada.post("/v1/generate", json={"description": "a person walks forward", "seed": 1}).json()[
        "motion"
    ]
    written = ada.post("/v1/export", json={"motion_id": walk["id"], "formats": ["glb", "bvh"]})
    glb, bvh = written.json()["result"]["files"]
    assert ada.get(f"/v1/files/{glb}").content[:4] == b"glTF"
    content = ada.get(f"/v1/files/{bvh}").content
    for text in (content, ada.get(f"/v1/motions/{walk['id']}/bvh").content):
        assert b"ROOT mixamorig:Hips" in text, "as this server is set up"
    vrma = ada.get(f"/v1/motions/{walk['id']}/vrma")
    assert vrma.headers["content-type"] == "model/gltf-binary" and vrma.content[:4] == b"glTF"
    viewer = ada.get(f"/v1/motions/{walk['id']}/html")
    assert viewer.headers["content-type"].startswith("text/html") and "sandbox" in str(viewer.headers)

    assert ada.put("/v1/files/mine.bvh", content=content).status_code == 201
    opened = say(ada, "files", "what is the person doing?", file="mine.bvh")
    assert "walk" in opened["answer"]
    names = [file["name"] for file in ada.get("/v1/files").json()["files"]]
    assert "mine.bvh" in names
    assert ada.delete("/v1/files/mine.bvh").status_code == 204
    assert ada.get("/v1/files/mine.bvh").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/files/..%2f..%2fetc%2fpasswd", 404),
        ("GET", "/v1/files/.hidden", 422),
        ("PUT", "/v1/files/program.exe", 422),
        ("GET", "/v1/motions/nothing", 404),
        ("GET", "/v1/motions/nothing/exe", 422),
        ("GET", "/v1/threads/nothing", 404),
        ("DELETE", "/v1/threads/nothing", 404),
        ("POST", "/v1/threads/nothing/decision", 422),
        ("POST", "/v1/generate", 422),
        ("GET", "/nowhere", 404),
    ],
)
def test_what_is_wrong_gets_one_line(ada: httpx.Client, method: str, path: str, status: int) -> None:
    answer = ada.request(method, path, content=b"{}" if method == "PUT" else None)
    error = answer.json()["error"]
    assert answer.status_code == status and "\n" not in error["message"] and error["code"]


@pytest.mark.parametrize(("who", "status"), [(-2, 422), (-1, 422), (0, 422), (1, 200), (2, 200), (3, 422)])
def test_people_of_a_scene_are_counted_from_one(ada: httpx.Client, who: int, status: int) -> None:
    people = [{"description": "a person walks"}, {"description": "a person waves"}]
    scene = ada.post("/v1/scene", json={"people": people}).json()["motion"]["id"]
    answer = ada.get(f"/v1/motions/{scene}/bvh", params={"who": who})
    assert answer.status_code == status
    if status != 200:
        assert answer.json()["error"]["message"]


def test_errors_say_what_to_do(ada: httpx.Client) -> None:
    unknown = ada.post("/v1/edit", json={"motion_id": "zzzz", "operations": [{"op": "mirror"}]})
    assert unknown.status_code == 404 and "motion zzzz does not exist" in unknown.json()["error"]["message"]
    wrong = ada.post("/v1/generate", json={"descripton": "a walk"}).json()["error"]["message"]
    assert "description: Field required" in wrong and "descripton" in wrong
    outside = ada.post("/v1/caption", json={"path": "/etc/passwd"})
    assert outside.status_code == 403
    for content in (b"[" * 2_000_001, iter([b"[" * 1_000_001] * 2)):  # with its length said before, and not
        huge = ada.post("/v1/generate", content=content)
        assert huge.status_code == 413 and huge.json()["error"]["code"] == "content_too_large"
        assert "2000000 bytes at most" in huge.json()["error"]["message"]


def test_people_see_only_their_own(ada: httpx.Client, ben: httpx.Client) -> None:
    hers = ada.post("/v1/generate", json={"description": "a person waves", "name": "secret"}).json()["motion"]
    say(ada, "shared-name", "a person sits down")
    ada.put("/v1/files/hers.bvh", content=b"HIERARCHY")
    assert ben.get(f"/v1/motions/{hers['id']}").status_code == 404
    assert ben.get("/v1/motions/secret/glb").status_code == 404
    assert ben.get("/v1/threads/shared-name").status_code == 404
    assert ben.get("/v1/files/hers.bvh").status_code == 404
    assert say(ben, "shared-name", "mirror it")["motions"] == []
    assert len(ada.get("/v1/threads/shared-name").json()["messages"]) == 2


@pytest.mark.parametrize("path", ["/v1/about", "/v1/threads", "/v1/motions", "/v1/files", "/capabilities"])
@pytest.mark.parametrize("key", [None, "", "Bearer", "Bearer wrong-key-0123456", "Basic ada-key-0123456789"])
def test_nobody_comes_in_without_a_key(server: Server, path: str, key: str | None) -> None:
    headers = {} if key is None else {"Authorization": key}
    answer = httpx.get(f"{server.address}{path}", headers=headers)
    assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/v1/generate", "/generate", "/ag-ui", "/mcp"])
def test_nothing_is_done_without_a_key(server: Server, path: str) -> None:
    assert httpx.post(f"{server.address}{path}", json={}).status_code == 401


def test_the_description_names_everything(server: Server) -> None:
    description = httpx.get(f"{server.address}/openapi.json").json()
    paths = set(description["paths"])
    assert {"/v1/threads/{thread}/messages", "/v1/generate", "/capabilities", "/generate", "/ag-ui"} <= paths
    assert description["paths"]["/v1/generate"]["post"]["security"] == [{"HTTPBearer": []}]
    assert httpx.get(f"{server.address}/docs").status_code == 200
    assert httpx.get(f"{server.address}/health").json()["status"] == "ok"
