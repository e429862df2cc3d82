// The viewer beside the chat: asks the page around it for its motion, and tells it of the part that is chosen.
const tell = (message) => parent.postMessage({ motionAgent: message }, "*");

addEventListener("message", ({ source, data }) => {
  if (source !== parent || !data?.motionAgent) return;
  const { motion, theme } = data.motionAgent;
  if (theme) document.documentElement.dataset.theme = theme;
  showMotion(motion);
  tell("shown");
  const rows = [...document.querySelectorAll("#timeline .row")];
  rows.forEach((row, person) => [...row.children].forEach((button, part) => {
    button.setAttribute("aria-label", `Part ${part + 1}: ${button.textContent}. Edit it`);
    button.addEventListener("click", () =>
      tell({ person: person + 1, part: part + 1, parts: rows.map((row) => [...row.children].map(({ title }) => title)) }));
  }));
});
tell("ready");
