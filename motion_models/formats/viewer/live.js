// The viewer's page without a motion: shows the one it is handed, once.
function showMotion(data) {
  const place = document.getElementById("motion-data");
  if (place.dataset.filled) return;
  place.dataset.filled = "1";
  place.textContent = JSON.stringify(data);
  document.title = data.people.map((person) => person.name).join(", ");
  document.querySelector("h1").textContent = document.title;
  const script = document.createElement("script");
  script.textContent = viewerCode;
  document.body.append(script);
}
