// An MCP App: says hello to the program that shows it, and shows the motion of the tool's result.
// The messages are JSON-RPC over postMessage (SEP-1865).
const HELLO = 1;
const send = (message) => parent.postMessage({ jsonrpc: "2.0", ...message }, "*");

let theme;

// Dark or light as the program is. The viewer chooses for itself when it begins, and has a button that changes it.
function dress(context) {
  const page = document.documentElement;
  theme = context?.theme ?? theme;
  if (!theme || page.dataset.theme === theme) return;
  if (page.dataset.state) document.getElementById("theme").click();
  else page.dataset.theme = theme;
}

addEventListener("message", (event) => {
  const message = event.data;
  if (event.source !== parent || message?.jsonrpc !== "2.0") return;
  if (message.id === HELLO && message.result) {
    dress(message.result.hostContext);
    send({ method: "ui/notifications/initialized", params: {} });
    send({ method: "ui/notifications/size-changed", params: { height: 480 } });
  } else if (message.method === "ui/notifications/tool-result") {
    const data = message.params?._meta?.["motion-agent/viewer"];
    if (data) {
      showMotion(data);
      dress();
    }
  } else if (message.method === "ui/notifications/host-context-changed") {
    dress(message.params);
  } else if (message.id !== undefined && message.method) {
    send({ id: message.id, result: {} }); // ping, teardown
  }
});

send({
  id: HELLO,
  method: "ui/initialize",
  params: {
    protocolVersion: "2026-01-26",
    appInfo: { name: "motion-agent viewer", version: "1" },
    appCapabilities: {},
  },
});
