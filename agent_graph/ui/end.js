// The end of the talk stays in sight when its box becomes smaller, as for a plan that waits, unless somebody
// has scrolled up.
() => {
  let box = null, last = 0, atEnd = true;
  const resized = new ResizeObserver(() => { if (atEnd) box.scrollTop = box.scrollHeight; });
  const scrolled = () => {
    const left = box.scrollHeight - box.scrollTop - box.clientHeight;
    atEnd = left < 40 || (atEnd && box.scrollTop >= last);
    last = box.scrollTop;
  };
  const find = () => {
    const found = document.querySelector("#chat .bubble-wrap");
    if (!found || found === box) return;
    resized.disconnect();
    box = found;
    box.addEventListener("scroll", scrolled);
    resized.observe(box);
  };
  new MutationObserver(find).observe(document.body, { childList: true, subtree: true });
  find();
}
