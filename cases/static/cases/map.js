// The map of a place's form: a click sets the point, the precision draws a circle. Nothing is asked of another host,
// unless the operator names a server of tiles.
document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  const holder = document.querySelector("[data-mapped]");
  const latitude = document.getElementById("id_latitude");
  const longitude = document.getElementById("id_longitude");
  if (!holder || !latitude || !window.L) return; // the fields of a record in review are closed
  const precision = document.getElementById("id_precision");
  const radius = document.getElementById("id_radius_m");
  const ROUGH = { vicinity: 1e3, settlement: 5e3, district: 25e3, region: 1e5, country: 4e5 }; // metres, to be seen, not stored

  latitude.closest("fieldset, .module").append(holder);
  const box = holder.querySelector("[data-map]");
  const map = L.map(box, { worldCopyJump: true, attributionControl: Boolean(box.dataset.tiles) }).setView([20, 20], 2);
  if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { attribution: box.dataset.credit, maxZoom: 19 }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const context = L.layerGroup().addTo(map);
  const drawn = L.layerGroup().addTo(map);
  const written = (field) => (field.value.trim() === "" ? NaN : Number(field.value));

  function draw() {
    drawn.clearLayers();
    const at = [written(latitude), written(longitude)];
    if (at.some(Number.isNaN) || Math.abs(at[0]) > 90) return null;
    const metres = written(radius) || ROUGH[precision.value];
    if (metres) drawn.addLayer(L.circle(at, { radius: metres, color: "#0369a1", weight: 1.5, fillOpacity: 0.08, interactive: false, dashArray: written(radius) ? null : "5 5" }));
    drawn.addLayer(L.circleMarker(at, { radius: 5, color: "#0369a1", fillColor: "#0369a1", fillOpacity: 1, interactive: false }));
    return at;
  }

  function set(point) {
    const { lat, lng } = point.wrap();
    const digits = Math.min(6, Math.max(2, Math.round(map.getZoom() / 3)));
    latitude.value = lat.toFixed(digits);
    longitude.value = lng.toFixed(digits);
    for (const field of [latitude, longitude]) field.dispatchEvent(new Event("input", { bubbles: true }));
    if (!precision.value) precision.focus(); // how precise it is, only a person knows
  }

  async function drawContext() {
    try {
      const answer = await fetch("/api/v1/facilities/?format=geojson");
      if (!answer.ok) return;
      const points = (await answer.json()).features.filter((each) => each.geometry?.type === "Point");
      for (const each of points) {
        const [east, north] = each.geometry.coordinates;
        const name = document.createElement("span");
        name.textContent = each.properties.name_en || each.properties.name || "";
        context.addLayer(L.circleMarker([north, east], { radius: 4, color: "#64748b", weight: 1, fillOpacity: 0.5 }).bindTooltip(name));
      }
      if (!draw() && points.length) map.fitBounds(L.featureGroup(context.getLayers()).getBounds().pad(0.3), { maxZoom: 8 });
    } catch { /* without them the map is emptier */ }
  }

  map.on("click", (event) => set(event.latlng));
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== box) return;
    event.preventDefault();
    set(map.getCenter());
  });
  const follow = () => {
    const at = draw();
    if (at && !map.getBounds().contains(at)) map.setView(at);
  };
  for (const field of [latitude, longitude, radius, precision]) {
    field.addEventListener("input", follow);
    field.addEventListener("change", follow);
  }
  const at = draw();
  if (at) map.setView(at, 11);
  drawGraticule(map);
  drawContext();
});
