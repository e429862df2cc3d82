// Names for what Gradio leaves without one, so that a screen reader can say what it is.
() => {
  const named = [
    ["#message textarea", "Message"],
    ["#chat button.thought-toggle, #chat .message-content button:not([aria-label])", "Show or hide the plan"],
  ];
  const name = () => named.forEach(([where, label]) => document.querySelectorAll(where).forEach((element) => {
    if (!element.hasAttribute("aria-label") && !element.textContent.trim()) element.setAttribute("aria-label", label);
  }));
  new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
  name();
}
