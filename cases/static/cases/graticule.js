// Lines of latitude and longitude with their degrees, by which places are readable where there is no ground to draw.
"use strict";
window.drawGraticule = (map) => {
  const STEPS = [30, 10, 5, 2, 1, 0.5, 0.1, 0.05, 0.01, 0.005, 0.001]; // degrees between lines
  const MOST_LINES = 12;
  const lines = L.layerGroup().addTo(map);
  const style = { color: "#94a3b8", weight: 0.6, interactive: false };
  const label = (at, text) => L.marker(at, { interactive: false, keyboard: false, icon: L.divIcon({ className: "hrdocs-degree", html: text, iconSize: null }) });

  function draw() {
    lines.clearLayers();
    const bounds = map.getBounds().pad(0.1);
    const wide = Math.max(bounds.getEast() - bounds.getWest(), bounds.getNorth() - bounds.getSouth());
    const step = STEPS.findLast((each) => wide / each <= MOST_LINES) || STEPS[0];
    const digits = step < 1 ? String(step).split(".")[1].length : 0;
    const view = map.getBounds();
    for (let north = Math.ceil(Math.max(-85, bounds.getSouth()) / step) * step; north <= Math.min(85, bounds.getNorth()); north += step) {
      lines.addLayer(L.polyline([[north, bounds.getWest()], [north, bounds.getEast()]], style));
      lines.addLayer(label([north, view.getWest()], `${north.toFixed(digits)}°`));
    }
    for (let east = Math.ceil(bounds.getWest() / step) * step; east <= bounds.getEast(); east += step) {
      lines.addLayer(L.polyline([[-85, east], [85, east]], style));
      lines.addLayer(label([view.getSouth() + (view.getNorth() - view.getSouth()) * 0.06, east], `${east.toFixed(digits)}°`));
    }
  }
  map.on("moveend", draw);
  draw();
};
