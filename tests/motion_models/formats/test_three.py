"""Our GLB files in three.js' own GLTFLoader, in a real browser: what web programs make of them."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import browsed, in_a_browser
from motion_agent.motion_models.formats import WriteOptions, save_motion
from motion_agent.motion_models.motion.motion import Motion
from motion_agent.motion_models.motion.skeleton import JOINT_NAMES
from PIL import Image

THREE = json.loads(
    (Path(__file__).parents[3] / "motion_models/formats/viewer/package.json").read_text("utf-8")
)["dependencies"]["three"]
#: Frames that are looked at.
FRAMES = (0, 8)
PAGE = """<!doctype html><meta charset="utf-8"><style>body { margin: 0 }</style>
<script type="importmap">{"imports": {"three": "/node_modules/three/build/three.module.js",
"three/addons/": "/node_modules/three/examples/jsm/"}}</script>
<script type="module">
const said = [], root = document.documentElement;
for (const kind of ["warn", "error"]) console[kind] = (...words) => said.push(words.join(" "));
addEventListener("error", ({ message }) => said.push(message));
const THREE = await import("three");
const { GLTFLoader } = await import("three/addons/loaders/GLTFLoader.js");
const scene = new THREE.Scene().add(new THREE.HemisphereLight("#fff", "#999", 3));
scene.background = new THREE.Color("#eee");
const camera = new THREE.PerspectiveCamera(36, innerWidth / innerHeight, 0.1, 50);
const renderer = new THREE.WebGLRenderer({ preserveDrawingBuffer: true });
renderer.setSize(innerWidth, innerHeight);
document.body.append(renderer.domElement);
const told = [];
for (const [number, { file, times }] of WANTED.entries()) {
  const gltf = await new GLTFLoader().loadAsync(file);
  scene.add(gltf.scene);
  const mixer = new THREE.AnimationMixer(gltf.scene);
  mixer.clipAction(gltf.animations[0]).play();
  const meshes = [], bones = [];
  gltf.scene.traverse((node) => {
    if (node.isSkinnedMesh) meshes.push(node);
    if (node.isBone) bones.push(node);
  });
  const poses = times.map((time) => {
    mixer.setTime(time);
    gltf.scene.updateMatrixWorld(true);
    const place = new THREE.Vector3();
    return {
      bones: Object.fromEntries(bones.map((bone) => [bone.name, bone.getWorldPosition(place).toArray()])),
      skin: meshes.flatMap((mesh) => Array.from({ length: mesh.geometry.attributes.position.count },
        (_, index) => mesh.localToWorld(mesh.getVertexPosition(index, place)).toArray())),
    };
  });
  told.push({ animations: gltf.animations.map(({ name, duration }) => [name, duration]), poses });
  const middle = bones.find((bone) => /hips|pelvis/i.test(bone.name)).getWorldPosition(new THREE.Vector3());
  gltf.scene.position.set(1.1 * (number - (WANTED.length - 1) / 2) - middle.x, 0, -middle.z);
}
camera.position.set(0.6, 1.3, 5.2);
camera.lookAt(0, 0.9, 0);
renderer.render(scene, camera);
root.dataset.said = JSON.stringify(said);
root.dataset.told = JSON.stringify(told);
</script>"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder with three.js in it, and the address that it is served at."""
    folder = tmp_path_factory.mktemp("site")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm installed: three.js cannot be fetched")
    command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), f"three@{THREE}"]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def shown(site: tuple[Path, str], files: list[Path], fps: float, folder: Path) -> tuple[Any, Any, Path]:
    """What the loader said, what became of the files, and a picture of them."""
    wanted = [{"file": f"/{path.name}", "times": [frame / fps for frame in FRAMES]} for path in files]
    (site[0] / "page.html").write_text(PAGE.replace("WANTED", json.dumps(wanted)), "utf-8")
    dom, shot = browsed(f"{site[1]}/page.html", folder, milliseconds=20000, timeout=200)
    found = {
        name: json.loads(html.unescape(text)) for name, text in re.findall(r'data-(said|told)="([^"]*)"', dom)
    }
    return found["said"], found["told"], shot


@pytest.mark.network
@in_a_browser
def test_three_js_plays_our_files(site: tuple[Path, str], motion: Motion, tmp_path: Path) -> None:
    files = [
        save_motion(motion, site[0] / f"{body}-{names}.glb", options=WriteOptions(body, names))
        for body in ("human", "mannequin")
        for names in ("ours", "mixamo")
    ]
    said, told, shot = shown(site, files, motion.fps, tmp_path)
    assert said == [], "no warnings"
    for path, each in zip(files, told, strict=True):
        [[_, seconds]] = each["animations"]
        assert seconds == pytest.approx((motion.frames - 1) / motion.fps, abs=1e-3), "the animation's length"
        for pose, frame in zip(each["poses"], FRAMES, strict=True):
            if path.stem.endswith("ours"):
                placed = np.array([pose["bones"][name] for name in JOINT_NAMES])
                assert np.abs(placed - motion.joints[frame]).max() < 0.002, "joints where the motion has them"
            check_skin(np.array(pose["skin"]), motion.joints[frame])
        first, later = (np.array(pose["skin"]) for pose in each["poses"])
        sole = first[:, 1].argmin()
        apart = np.linalg.norm(later - later[sole], axis=1) - np.linalg.norm(first - first[sole], axis=1)
        assert np.abs(apart).max() > 0.1, "the skin bends, it is not carried along stiffly"
    with Image.open(shot) as image:
        red, _, blue = np.moveaxis(np.asarray(image.convert("RGB"), dtype=int), -1, 0)
    assert (red - blue > 60).mean() > 0.004 and (blue - red > 60).mean() > 0.004


def check_skin(skin: np.ndarray, joints: np.ndarray) -> None:
    """The surface (V, 3) is around the joints (22, 3): each is near to it, and none of it far from all."""
    distances = np.linalg.norm(skin[:, None] - joints[None], axis=-1)
    assert distances.min(axis=0).max() < 0.2 and distances.min(axis=1).max() < 0.35
