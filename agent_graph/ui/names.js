// Names for what Gradio leaves without one, so that a screen reader can say what it is.
() => {
  const named = [
    ["#message textarea", "Message"],
    ["#chat button", "Show or hide the plan"],
  ];
  const name = () => named.forEach(([where, label]) => document.querySelectorAll(where).forEach((element) => {
    if (!element.getAttribute("aria-label") && !element.textContent.trim()) element.setAttribute("aria-label", label);
  }));
  new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
  name();
}
