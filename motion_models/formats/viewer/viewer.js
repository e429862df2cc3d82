// The motion viewer: reads the page's embedded data, builds the figures, plays them.
// Bundled with three.js into viewer.min.js (see README.md here).
import {
  AmbientLight, BufferAttribute, BufferGeometry, Color, DirectionalLight, Fog, Group, HemisphereLight, Line,
  LineBasicMaterial, LineSegments, Mesh, MeshStandardMaterial, PCFShadowMap, PerspectiveCamera, PlaneGeometry,
  Quaternion, Scene, ShadowMaterial, Vector3, WebGLRenderer,
} from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";

const THEMES = {
  light: { background: "#f3f4f6", line: "#cdd3da", axis: "#a7afba", shadow: 0.22, sky: 0.95, sun: 2.0 },
  dark: { background: "#14171c", line: "#303843", axis: "#4a5563", shadow: 0.55, sky: 0.75, sun: 1.9 },
};
const FLOOR = -0.022;
const page = document.documentElement;
const $ = (id) => document.getElementById(id);

function fail(error) {
  page.dataset.state = "error";
  page.dataset.error = String(error?.message ?? error);
  $("message").textContent = `The motion cannot be shown: ${page.dataset.error}`;
  $("message").hidden = false;
}
addEventListener("error", (event) => fail(event.error ?? event.message));

function decode(text, Type) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return new Type(bytes.buffer);
}

class Person {
  constructor(data, colours) {
    this.fps = data.fps;
    this.frames = data.frames;
    this.segments = data.segments;
    this.caption = data.caption;
    this.root = decode(data.root, Float32Array);
    this.rotations = decode(data.rotations, Int16Array);
    this.joints = data.parents.map(() => new Group());
    this.object = new Group();
    data.parents.forEach((parent, i) => {
      (parent < 0 ? this.object : this.joints[parent]).add(this.joints[i]);
      this.joints[i].position.fromArray(data.offsets[i]);
    });
    const materials = {
      left: material(colours.left), right: material(colours.right), centre: material(data.colour),
    };
    for (const part of data.parts) this.joints[part.joint].add(solid(part, materials[part.side]));
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

  path(colour) {
    const points = new Float32Array(this.root);
    for (let i = 1; i < points.length; i += 3) points[i] = FLOOR + 0.004;
    const geometry = new BufferGeometry().setAttribute("position", new BufferAttribute(points, 3));
    return new Line(geometry, new LineBasicMaterial({ color: colour, transparent: true, opacity: 0.8 }));
  }
}

const material = (colour) => new MeshStandardMaterial({ color: colour, roughness: 0.72, metalness: 0 });

function solid(part, surface) {
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(decode(part.positions, Float32Array), 3));
  geometry.setIndex(new BufferAttribute(decode(part.triangles, Uint16Array), 1));
  geometry.computeVertexNormals();
  const mesh = new Mesh(geometry, surface);
  mesh.castShadow = mesh.receiveShadow = true;
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
    this.people = data.people.map((person) => new Person(person, data.colours));
    this.seconds = Math.max(...this.people.map((person) => person.seconds), 1e-3);
    this.fps = Math.max(...this.people.map((person) => person.fps));
    Object.assign(this, { time: 0, playing: false, speed: 1, loop: true, follow: true, drawn: 0 });
    this.renderer = new WebGLRenderer({ antialias: true, preserveDrawingBuffer: true });
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    this.renderer.shadowMap.enabled = true;
    this.renderer.shadowMap.type = PCFShadowMap;
    $("stage").append(this.renderer.domElement);
    this.camera = new PerspectiveCamera(36, 1, 0.2, 120);
    this.controls = new OrbitControls(this.camera, this.renderer.domElement);
    Object.assign(this.controls, { enableDamping: true, dampingFactor: 0.1, maxDistance: 40, minDistance: 0.8 });
    this.controls.maxPolarAngle = Math.PI * 0.52;
    this.scene = new Scene();
    this.buildScene(data);
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
    for (const person of this.people) middle.add(person.joints[0].position);
    return middle.divideScalar(this.people.length).setY(0.86);
  }

  /** The furthest anyone gets from the middle of all, metres on the floor. */
  spread() {
    let furthest = 0;
    for (let sample = 0; sample <= 16; sample++) {
      this.people.forEach((person) => person.pose((this.seconds * sample) / 16));
      const middle = this.centre();
      for (const { joints: [root] } of this.people) {
        furthest = Math.max(furthest, Math.hypot(root.position.x - middle.x, root.position.z - middle.z));
      }
    }
    return furthest;
  }

  resetView() {
    const narrow = Math.max(1, 1.1 / (innerWidth / innerHeight));
    const distance = Math.min(4.2 + 1.3 * this.spread(), 9) * narrow;
    this.people.forEach((person) => person.pose(this.time));
    const target = this.centre();
    this.controls.target.copy(target);
    this.camera.position.copy(target).add(new Vector3(0.55, 0.24, 0.8).normalize().multiplyScalar(distance));
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
      if (this.time > this.seconds) this.time = this.loop ? this.time % this.seconds : this.seconds;
      if (this.time >= this.seconds && !this.loop) this.playing = false;
    }
    this.people.forEach((person) => person.pose(this.time));
    if (this.follow) this.followPeople(delta);
    this.controls.update();
    this.draw();
  }

  followPeople(delta) {
    const shift = this.centre().sub(this.controls.target).setY(0);
    if (shift.length() < 3) shift.multiplyScalar(1 - Math.exp(-4 * delta)); // a jump (loop, scrub) is taken at once
    this.controls.target.add(shift);
    this.camera.position.add(shift);
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
    return button;
  }

  connect() {
    const { viewer } = this;
    $("play").addEventListener("click", () => this.toggle());
    this.scrub.addEventListener("input", () => this.seek(Number(this.scrub.value)));
    $("speed").addEventListener("change", (event) => { viewer.speed = Number(event.target.value); });
    for (const name of ["follow", "loop"]) this.connectSwitch(name, () => { viewer[name] = !viewer[name]; return viewer[name]; });
    this.connectSwitch("path", () => (viewer.paths.visible = !viewer.paths.visible));
    $("reset").addEventListener("click", () => viewer.resetView());
    $("theme").addEventListener("click", () => viewer.applyTheme(page.dataset.theme === "dark" ? "light" : "dark"));
    addEventListener("keydown", (event) => this.key(event));
  }

  connectSwitch(name, flip) {
    $(name).addEventListener("click", () => $(name).setAttribute("aria-pressed", flip()));
  }

  key(event) {
    if (event.target.matches("select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const jump = event.shiftKey ? 1 : 1 / this.viewer.fps;
    const actions = {
      " ": () => this.toggle(),
      ArrowLeft: () => this.seek(this.viewer.time - jump, false),
      ArrowRight: () => this.seek(this.viewer.time + jump, false),
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

  seek(time, keepPlaying = true) {
    this.viewer.time = Math.min(Math.max(time, 0), this.viewer.seconds);
    if (!keepPlaying) this.viewer.playing = false;
    this.show();
  }

  show() {
    const { time, seconds, playing, people } = this.viewer;
    this.scrub.value = time;
    this.scrub.style.setProperty("--done", `${(100 * time) / seconds}%`);
    $("time").textContent = `${time.toFixed(1)} / ${seconds.toFixed(1)} s`;
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
