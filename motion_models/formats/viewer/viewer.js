// The motion viewer: reads the page's embedded data, builds the figures, plays them.
// Bundled with three.js into viewer.min.js (see README.md here).
import {
  AmbientLight, Bone, BufferAttribute, BufferGeometry, Color, DirectionalLight, Fog, Group, HemisphereLight, Line,
  LineBasicMaterial, LineSegments, Matrix4, Mesh, MeshStandardMaterial, PCFShadowMap, PerspectiveCamera, PlaneGeometry,
  Quaternion, Scene, ShadowMaterial, Skeleton, SkinnedMesh, Vector3, WebGLRenderer,
} from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";

const THEMES = {
  light: { background: "#f3f4f6", line: "#cdd3da", axis: "#a7afba", shadow: 0.22, sky: 0.95, sun: 2.0 },
  dark: { background: "#14171c", line: "#303843", axis: "#4a5563", shadow: 0.55, sky: 0.75, sun: 1.9 },
};
const FLOOR = -0.022;
const UP = new Vector3(0, 1, 0);
// Where the camera stands, seen from the person, radians; metres from the joint of the head to above the crown and
// from that of a foot to below the sole; metres between people who are shown apart.
const VIEWS = { front: 0, side: Math.PI / 2, back: Math.PI };
const CROWN = 0.2, SOLE = 0.06, APART = 1.4;
const page = document.documentElement;
const $ = (id) => document.getElementById(id);

function fail(error) {
  page.dataset.state = "error";
  page.dataset.error = String(error?.message ?? error);
  $("message").textContent = `The motion cannot be shown: ${page.dataset.error}`;
  $("message").hidden = false;
}
addEventListener("error", (event) => fail(event.error ?? event.message));

// A number as wide as a longer one, so that what stands behind it stays where it is.
const padded = (number, longest) => String(number).padStart(String(longest).length, "\u2007");

function decode(text, Type) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return new Type(bytes.buffer);
}

class Person {
  constructor(data) {
    this.fps = data.fps;
    this.frames = data.frames;
    this.segments = data.segments;
    this.caption = data.caption;
    this.root = decode(data.root, Float32Array);
    this.rotations = decode(data.rotations, Int16Array);
    this.joints = data.parents.map(() => new Bone());
    this.object = new Group();
    data.parents.forEach((parent, i) => {
      (parent < 0 ? this.object : this.joints[parent]).add(this.joints[i]);
      this.joints[i].position.fromArray(data.offsets[i]);
    });
    const toJoints = data.rest.map(([x, y, z]) => new Matrix4().makeTranslation(-x, -y, -z));
    this.skin = surface(data.skin, data.colour);
    this.skin.bind(new Skeleton(this.joints, toJoints), new Matrix4());
    this.object.add(this.skin);
  }

  get seconds() { return (this.frames - 1) / this.fps; }

  pose(time) {
    const exact = Math.min(Math.max(time * this.fps, 0), this.frames - 1);
    const low = Math.floor(exact), high = Math.min(low + 1, this.frames - 1), share = exact - low;
    const a = new Quaternion(), b = new Quaternion(), count = this.joints.length;
    this.joints.forEach((joint, i) => {
      a.fromArray(this.rotations, (low * count + i) * 4).normalize();
      b.fromArray(this.rotations, (high * count + i) * 4).normalize();
      joint.quaternion.slerpQuaternions(a, b, share);
    });
    const from = new Vector3().fromArray(this.root, low * 3), to = new Vector3().fromArray(this.root, high * 3);
    this.joints[0].position.lerpVectors(from, to, share);
  }

  /** Where the hips face, radians about the vertical; 0 is +Z. */
  heading() {
    const ahead = new Vector3(0, 0, 1).applyQuaternion(this.joints[0].quaternion);
    return Math.atan2(ahead.x, ahead.z);
  }

  /** How far the lowest point of the body is above the floor, metres. */
  clearance() {
    this.object.updateMatrixWorld(true);
    const point = new Vector3();
    let lowest = Infinity;
    for (let i = 0; i < this.skin.geometry.attributes.position.count; i += 3) {
      lowest = Math.min(lowest, this.skin.getVertexPosition(i, point).y);
    }
    return lowest - FLOOR;
  }

  path(colour) {
    const points = new Float32Array(this.root);
    for (let i = 1; i < points.length; i += 3) points[i] = FLOOR + 0.004;
    const geometry = new BufferGeometry().setAttribute("position", new BufferAttribute(points, 3));
    return new Line(geometry, new LineBasicMaterial({ color: colour, transparent: true, opacity: 0.8 }));
  }
}

const material = (colour) => new MeshStandardMaterial({ color: colour, roughness: 0.72, metalness: 0 });

/** The body: one mesh that its bones bend, with a group of triangles and a material for each part. */
function surface({ step, positions, normals, joints, weights, triangles, parts }, own) {
  const geometry = new BufferGeometry();
  const places = Float32Array.from(decode(positions, Int16Array), (value) => value * step);
  geometry.setAttribute("position", new BufferAttribute(places, 3));
  geometry.setAttribute("normal", new BufferAttribute(decode(normals, Int8Array), 3, true));
  geometry.setAttribute("skinIndex", new BufferAttribute(decode(joints, Uint8Array), 4));
  geometry.setAttribute("skinWeight", new BufferAttribute(decode(weights, Uint8Array), 4, true));
  geometry.setIndex(new BufferAttribute(decode(triangles, Uint16Array), 1));
  let start = 0;
  parts.forEach(({ size }, number) => { geometry.addGroup(start, size, number); start += size; });
  const mesh = new SkinnedMesh(geometry, parts.map(({ colour }) => material(colour || own)));
  mesh.castShadow = mesh.receiveShadow = true;
  mesh.frustumCulled = false;
  return mesh;
}

// One-metre pieces: long lines that pass behind the camera are dropped by some software renderers.
function grid(reach, theme) {
  const points = [], colours = [], plain = new Color(theme.line), axis = new Color(theme.axis);
  for (let line = -reach; line <= reach; line++) {
    const colour = (line === 0 ? axis : plain).toArray();
    for (let from = -reach; from < reach; from++) {
      points.push(line, 0, from, line, 0, from + 1, from, 0, line, from + 1, 0, line);
      colours.push(...colour, ...colour, ...colour, ...colour);
    }
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(new Float32Array(points), 3));
  geometry.setAttribute("color", new BufferAttribute(new Float32Array(colours), 3));
  const lines = new LineSegments(geometry, new LineBasicMaterial({ vertexColors: true }));
  lines.position.y = FLOOR + 0.001;
  return lines;
}

class Viewer {
  constructor(data) {
    this.people = data.people.map((person) => new Person(person));
    this.seconds = Math.max(...this.people.map((person) => person.seconds), 1e-3);
    this.fps = Math.max(...this.people.map((person) => person.fps));
    Object.assign(this, { time: 0, playing: false, speed: 1, loop: true, follow: true, view: "free", drawn: 0 });
    this.part = [0, this.seconds];
    this.renderer = new WebGLRenderer({ antialias: true, preserveDrawingBuffer: true });
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    this.renderer.shadowMap.enabled = true;
    this.renderer.shadowMap.type = PCFShadowMap;
    $("stage").append(this.renderer.domElement);
    this.camera = new PerspectiveCamera(36, 1, 0.2, 120);
    this.controls = new OrbitControls(this.camera, this.renderer.domElement);
    Object.assign(this.controls, { enableDamping: true, dampingFactor: 0.1, maxDistance: 40, minDistance: 0.8 });
    this.controls.maxPolarAngle = Math.PI * 0.52;
    this.controls.addEventListener("start", () => this.look("free"));
    this.scene = new Scene();
    this.buildScene(data);
    this.setApart(Boolean(data.apart));
    this.applyTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    this.resetView();
    addEventListener("resize", () => this.resize());
    this.resize();
  }

  buildScene(data) {
    this.sky = new HemisphereLight("#ffffff", "#a9adb5", 1);
    this.sun = new DirectionalLight("#fff6e8", 2);
    this.sun.castShadow = true;
    this.sun.shadow.mapSize.set(2048, 2048);
    this.sun.shadow.radius = 5;
    this.sun.shadow.bias = -0.0004;
    this.sun.shadow.normalBias = 0.012;
    const reach = Math.max(2.6, this.spread() + 1.8);
    Object.assign(this.sun.shadow.camera, { left: -reach, right: reach, top: reach, bottom: -reach, far: 20 });
    this.floor = new Mesh(new PlaneGeometry(200, 200), new ShadowMaterial({ opacity: 0.2, depthWrite: false }));
    this.floor.renderOrder = -1;
    this.floor.rotation.x = -Math.PI / 2;
    this.floor.position.y = FLOOR;
    this.floor.receiveShadow = true;
    this.paths = new Group();
    this.people.forEach((person, i) => this.paths.add(person.path(data.people[i].colour)));
    this.scene.add(this.sky, new AmbientLight("#ffffff", 0.35), this.sun, this.sun.target, this.floor, this.paths);
    this.people.forEach((person) => this.scene.add(person.object));
  }

  applyTheme(name) {
    const theme = THEMES[name];
    page.dataset.theme = name;
    this.scene.background = new Color(theme.background);
    this.scene.fog = new Fog(theme.background, 9, 26);
    this.sky.intensity = theme.sky;
    this.sun.intensity = theme.sun;
    this.floor.material.opacity = theme.shadow;
    if (this.lines) this.scene.remove(this.lines);
    this.lines = grid(40, theme);
    this.scene.add(this.lines);
    this.draw();
  }

  centre() {
    const middle = new Vector3();
    for (const person of this.people) middle.add(person.joints[0].getWorldPosition(new Vector3()));
    middle.divideScalar(this.people.length);
    return middle.setY(Math.max(0.5, middle.y * 0.92)); // who leaps, floats or lies stays in the picture
  }

  /** The furthest anyone gets from the middle of all, metres on the floor. */
  spread() {
    let furthest = 0;
    for (let sample = 0; sample <= 16; sample++) {
      this.people.forEach((person) => person.pose((this.seconds * sample) / 16));
      const middle = this.centre();
      for (const { joints: [root] } of this.people) {
        const place = root.getWorldPosition(new Vector3());
        furthest = Math.max(furthest, Math.hypot(place.x - middle.x, place.z - middle.z));
      }
    }
    return furthest;
  }

  resetView() {
    const narrow = Math.max(1, 1.1 / (innerWidth / innerHeight));
    const distance = Math.min(4.2 + 1.3 * this.spread(), 9) * narrow;
    this.people.forEach((person) => person.pose(this.time));
    this.look("free");
    const target = this.centre();
    this.controls.target.copy(target);
    this.camera.position.copy(target).add(new Vector3(0.55, 0.24, 0.8).normalize().multiplyScalar(distance));
    this.camera.lookAt(target);
    this.keepInSight();
    this.controls.update();
    this.draw();
  }

  resize() {
    const panel = document.querySelector("footer").offsetHeight;
    this.camera.aspect = innerWidth / innerHeight;
    // The panel covers the lower edge: what the camera looks at moves to the middle of the rest.
    this.camera.setViewOffset(innerWidth, innerHeight, 0, panel / 2, innerWidth, innerHeight);
    this.renderer.setSize(innerWidth, innerHeight);
    this.draw();
  }

  step(delta) {
    if (this.playing) {
      this.time += delta * this.speed;
      const [start, end] = this.part;
      if (this.time > end) this.time = this.loop ? start + ((this.time - end) % Math.max(end - start, 1e-3)) : end;
      if (this.time >= end && !this.loop) this.playing = false;
    }
    this.people.forEach((person) => person.pose(this.time));
    if (this.follow) this.followPeople(delta);
    if (this.view !== "free") this.turnTowards(VIEWS[this.view] + this.people[0].heading(), delta);
    this.keepInSight();
    this.controls.update();
    this.draw();
  }

  followPeople(delta) {
    const shift = this.centre().sub(this.controls.target);
    if (shift.length() < 3) shift.multiplyScalar(1 - Math.exp(-4 * delta)); // a jump (loop, scrub) is taken at once
    this.controls.target.add(shift);
    this.camera.position.add(shift);
  }

  /** Look freely, or stay before or beside the first person as he turns. */
  look(view) {
    this.view = view;
    $("view").value = view;
  }

  turnTowards(angle, delta) {
    const { target } = this.controls, arm = this.camera.position.clone().sub(target);
    const away = angle - Math.atan2(arm.x, arm.z);
    const turn = Math.atan2(Math.sin(away), Math.cos(away)) * (delta > 0.2 ? 1 : 1 - Math.exp(-6 * delta));
    this.camera.position.copy(target).add(arm.applyAxisAngle(UP, turn));
    this.camera.lookAt(target);
  }

  /** Step back while somebody is about to leave the picture above or at a side; only of a camera that follows. */
  keepInSight() {
    if (!this.follow) return;
    this.camera.updateMatrixWorld();
    for (let tries = 0; tries < 40 && this.outermost() > 1; tries++) {
      const { target } = this.controls;
      this.camera.position.sub(target).multiplyScalar(1.04).add(target);
      this.camera.updateMatrixWorld();
    }
  }

  /** How far out in the free part of the picture the outermost joint is, with the flesh around it: 1 is its edge. */
  outermost() {
    const { top, middle, bottom } = this.free(), lifted = new Vector3(), lowered = new Vector3();
    let outermost = 0;
    for (const { object, joints } of this.people) {
      object.updateMatrixWorld(true);
      for (const joint of joints) {
        joint.getWorldPosition(lifted);
        lowered.copy(lifted).setY(lifted.y - SOLE).project(this.camera);
        lifted.setY(lifted.y + CROWN).project(this.camera);
        const high = (lifted.y - middle) / (top - middle), low = (middle - lowered.y) / (middle - bottom);
        outermost = Math.max(outermost, high, low, Math.abs(lifted.x) / 0.94);
      }
    }
    return outermost;
  }

  /** Heights in the picture, -1 to 1, that words and panel leave free, and what the camera looks at. */
  free() {
    const panel = document.querySelector("footer").offsetHeight / innerHeight;
    // On a narrow screen the words above are in the middle too, where the heads are.
    const words = innerWidth > 640 ? 0 : document.querySelector("header").getBoundingClientRect().bottom;
    const top = Math.min(0.86, 1 - (2 * words) / innerHeight);
    return { top: Math.max(top, panel + 0.2), middle: panel, bottom: Math.min(2 * panel - 0.92, panel - 0.2) };
  }

  /** Put everybody on a spot of his own, to compare clips, or back where the motions have them. */
  setApart(apart) {
    this.apart = apart;
    this.people.forEach((person, i) => {
      const [x, , z] = apart ? person.root : [0, 0, 0];
      const place = apart ? (i - (this.people.length - 1) / 2) * APART : 0;
      person.object.position.set(-place - x, 0, -z);
      this.paths.children[i].position.copy(person.object.position);
    });
  }

  draw() {
    const middle = this.centre().setY(0);
    this.sun.target.position.copy(middle);
    this.sun.position.copy(middle).add(new Vector3(2.6, 6, 2.2));
    this.renderer.render(this.scene, this.camera);
    page.dataset.drawn = ++this.drawn;
  }
}

class Panel {
  constructor(viewer, data) {
    this.viewer = viewer;
    this.scrub = $("scrub");
    this.scrub.max = viewer.seconds;
    this.buildTimeline(data);
    if (data.people.length > 1) this.namePeople(data);
    $("apart").hidden = data.people.length < 2;
    $("apart").setAttribute("aria-pressed", viewer.apart);
    this.connect();
    viewer.resize();
    this.show();
  }

  namePeople(data) {
    for (const person of data.people) {
      const entry = document.createElement("span");
      entry.textContent = person.name;
      entry.style.setProperty("--dot", person.colour);
      $("legend").append(entry);
    }
  }

  buildTimeline(data) {
    for (const person of data.people) {
      if (!person.segments.length) continue;
      const row = document.createElement("div");
      row.className = "row";
      for (const segment of person.segments) row.append(this.segmentButton(segment, person));
      $("timeline").append(row);
    }
    this.marks = [...document.querySelectorAll(".segment")];
  }

  segmentButton({ description, start, end }, person) {
    const button = document.createElement("button");
    button.className = "segment";
    button.type = "button";
    button.textContent = button.title = description;
    Object.assign(button.dataset, { start, end });
    button.style.left = `${(100 * start) / this.viewer.seconds}%`;
    button.style.width = `${(100 * (Math.min(end, this.viewer.seconds) - start)) / this.viewer.seconds}%`;
    button.style.setProperty("--own", person.colour);
    button.addEventListener("click", () => this.seek(start));
    button.addEventListener("dblclick", () => this.playPart([start, Math.min(end, this.viewer.seconds)]));
    return button;
  }

  connect() {
    const { viewer } = this;
    $("play").addEventListener("click", () => this.toggle());
    this.scrub.addEventListener("input", () => this.seek(Number(this.scrub.value)));
    $("speed").addEventListener("change", (event) => { viewer.speed = Number(event.target.value); });
    for (const name of ["follow", "loop"]) this.connectSwitch(name, () => { viewer[name] = !viewer[name]; return viewer[name]; });
    this.connectSwitch("apart", () => { viewer.setApart(!viewer.apart); return viewer.apart; });
    $("view").addEventListener("change", (event) => viewer.look(event.target.value));
    $("back").addEventListener("click", () => this.stepFrames(-1));
    $("forth").addEventListener("click", () => this.stepFrames(1));
    this.connectSwitch("path", () => (viewer.paths.visible = !viewer.paths.visible));
    $("reset").addEventListener("click", () => { viewer.part = [0, viewer.seconds]; viewer.resetView(); });
    $("theme").addEventListener("click", () => viewer.applyTheme(page.dataset.theme === "dark" ? "light" : "dark"));
    addEventListener("keydown", (event) => this.key(event));
  }

  connectSwitch(name, flip) {
    $(name).addEventListener("click", () => $(name).setAttribute("aria-pressed", flip()));
  }

  key(event) {
    if (event.target.matches("select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const jump = event.shiftKey ? Math.round(this.viewer.fps) : 1;
    const actions = {
      " ": () => this.toggle(),
      ArrowLeft: () => this.stepFrames(-jump),
      ArrowRight: () => this.stepFrames(jump),
      Home: () => this.seek(0),
      End: () => this.seek(this.viewer.seconds, false),
      f: () => $("follow").click(), l: () => $("loop").click(), p: () => $("path").click(), r: () => $("reset").click(),
    };
    const action = actions[event.key] ?? actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  }

  toggle(playing = !this.viewer.playing) {
    if (playing && this.viewer.time >= this.viewer.seconds - 1e-6) this.viewer.time = 0;
    this.viewer.playing = playing;
    this.show();
  }

  /** Play one part again and again; "Reset view" plays everything again. */
  playPart(part) {
    this.viewer.part = part;
    this.seek(part[0]);
    this.toggle(true);
  }

  /** Stop, and go to the frame so many frames away. */
  stepFrames(count) {
    this.seek((this.frame() + count) / this.viewer.fps, false);
  }

  frame() { return Math.round(this.viewer.time * this.viewer.fps); }

  /** The lowest point of each body above the floor, in words. */
  height() {
    return this.viewer.people.map((person) => {
      const centimetres = Math.round(person.clearance() * 100);
      if (Math.abs(centimetres) <= 2) return "on the floor";
      return `${Math.abs(centimetres)} cm ${centimetres > 0 ? "above" : "below"} the floor`;
    }).join(", ");
  }

  seek(time, keepPlaying = true) {
    this.viewer.time = Math.min(Math.max(time, 0), this.viewer.seconds);
    if (!keepPlaying) this.viewer.playing = false;
    this.show();
  }

  show() {
    const { time, seconds, playing, people } = this.viewer;
    this.scrub.value = time;
    this.scrub.style.setProperty("--done", `${(100 * time) / seconds}%`);
    const { fps } = this.viewer, last = Math.round(seconds * fps);
    const length = ((last + 1) / fps).toFixed(1);  // the last frame is shown for its time, too
    const now = padded(time.toFixed(2), seconds.toFixed(2)), frame = padded(this.frame(), last);
    $("time").textContent = `${now} / ${length} s · frame ${frame} / ${last}`;
    people.forEach((person) => person.pose(time));
    $("height").textContent = page.dataset.height = this.height();
    $("play").classList.toggle("playing", playing);
    $("play").setAttribute("aria-label", playing ? "Pause" : "Play");
    for (const mark of this.marks) mark.classList.toggle("now", time >= mark.dataset.start && time < mark.dataset.end);
    const lines = people.map(({ segments, caption }) =>
      segments.findLast(({ start, end }) => time >= start && time < end)?.description ?? caption);
    const text = [...new Set(lines.filter(Boolean))].join("  ·  ");
    if ($("caption").textContent !== text) $("caption").textContent = text;
  }
}

function start() {
  const data = JSON.parse($("motion-data").textContent);
  const viewer = new Viewer(data);
  const panel = new Panel(viewer, data);
  let last = performance.now();
  viewer.renderer.setAnimationLoop((now) => {
    const delta = Math.min(Math.max(now - last, 0) / 1000, 0.25);
    last = now;
    viewer.step(delta);
    panel.show();
  });
  panel.toggle(true);
  Object.assign(page.dataset, {
    frames: Math.max(...viewer.people.map((person) => person.frames)), people: viewer.people.length,
  });
  page.dataset.state ||= "ready";
}

try {
  start();
} catch (error) {
  fail(error);
}
