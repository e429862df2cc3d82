// Runs in the page, for the element that holds the viewer: loads what it shows, hears which part is chosen.
const frame = () => element.querySelector("iframe");
const note = (text) => { element.querySelector(".note").textContent = text; };
let motion = null, conversation = "";

async function show() {
  const [thread, id] = (props.value || " ").split(" ");
  conversation = thread;
  if (id && id === frame().dataset.shown) return;
  motion = null;
  if (!id) {
    frame().removeAttribute("src");
    delete frame().dataset.shown;
    delete frame().dataset.ready;
    note("The motion appears here.");
    return;
  }
  frame().dataset.shown = id;
  delete frame().dataset.ready;
  note("Loading the motion ...");
  try {
    const answer = await fetch(`/viewer/${encodeURIComponent(id)}`);
    const data = await answer.json();
    if (frame().dataset.shown !== id) return;  // another is wanted by now
    if (!answer.ok) throw new Error(data.error?.message ?? answer.status);
    motion = data;
    frame().title = `3-D viewer: ${data.people.map((person) => person.name).join(", ")}`;
    frame().src = `/viewer?${encodeURIComponent(id)}`;
  } catch (error) {
    if (frame().dataset.shown !== id) return;
    delete frame().dataset.shown;
    note(`The motion cannot be shown: ${error.message}`);
  }
}

addEventListener("message", ({ source, data }) => {
  if (source !== frame()?.contentWindow || !data?.motionAgent) return;
  if (data.motionAgent === "shown") {
    if (!motion) return;  // what was shown before, and is not wanted any more
    frame().dataset.ready = "1";
    note("");
  } else if (data.motionAgent !== "ready") {
    // Until another conversation is there, the motion of the one before can still be clicked.
    if (conversation === location.hash.slice(1)) trigger("select", data.motionAgent);
  } else if (motion) {
    const theme = document.body.classList.contains("dark") ? "dark" : "light";
    source.postMessage({ motionAgent: { motion, theme } }, "*");
  }
});
watch("value", show);
show();
