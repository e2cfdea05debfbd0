// A list on a map. The server counts what lies where, for the window that is looked at; here it is only drawn. Nothing is
// asked of another host, unless the operator names a server of tiles.
document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  const holder = document.querySelector("[data-places]");
  if (!holder || !window.L) return;
  const { places, tiles, credit, ground, sayAll, sayFailed } = holder.dataset;
  const box = holder.querySelector("[data-map]");
  const told = document.querySelector("[data-told]");
  const language = document.documentElement.lang;
  const number = (many) => many.toLocaleString(language === "ar" ? "ar-u-nu-latn" : language);
  const short = new Intl.NumberFormat("en", { notation: "compact" });
  const map = L.map(box, { attributionControl: Boolean(tiles), worldCopyJump: true, maxZoom: 17, zoomSnap: 0.5 }).setView([20, 20], 2);
  L.control.scale({ imperial: false }).addTo(map);
  map.createPane("ground").style.zIndex = 250;
  if (tiles) L.tileLayer(tiles, { attribution: credit, maxZoom: 19 }).addTo(map);
  drawGraticule(map);
  const drawn = L.layerGroup().addTo(map);
  let asked = 0, first = true;

  async function drawGround() {
    const answer = await fetch(ground);
    if (answer.ok) L.geoJSON(await answer.json(), { pane: "ground", interactive: false, className: "ground", pointToLayer: (_, at) => L.circleMarker(at, { radius: 2, interactive: false, pane: "ground", className: "ground" }) }).addTo(map);
  }

  function area(cell) {
    const style = { className: `area${cell.area.rough ? " rough" : ""}`, interactive: false };
    if (cell.area.square) {
      const [west, south, east, north] = cell.area.square;
      return L.rectangle([[south, west], [north, east]], style);
    }
    return cell.area.radius ? L.circle([cell.north, cell.east], { ...style, radius: cell.area.radius }) : null;
  }

  function mark(cell) {
    const alone = cell.points === 1 && cell.number === 1;
    const size = alone ? 14 : Math.min(64, 26 + 7 * Math.log10(cell.number));
    const icon = L.divIcon({ className: `counted-mark${cell.points > 1 ? " many" : ""}${alone ? " one" : ""}`, html: alone ? "" : cell.number < 1e4 ? number(cell.number) : short.format(cell.number), iconSize: [size, size] });
    const where = cell.name || `${cell.north.toFixed(3)}, ${cell.east.toFixed(3)}`;
    const marker = L.marker([cell.north, cell.east], { icon, title: `${where}: ${number(cell.number)}`, alt: where });
    const closer = () => {
      const [west, south, east, north] = cell.box;
      map.fitBounds([[south, west], [north, east]], { maxZoom: map.getZoom() + 4, padding: [40, 40] });
    };
    const choose = () => (cell.points > 1 && map.getZoom() < map.getMaxZoom() ? closer() : open(cell, where));
    marker.on("click", choose);
    marker.on("keypress", (event) => event.originalEvent.key === "Enter" && choose());
    return marker;
  }

  const made = (tag, text = "", given = {}) => Object.assign(document.createElement(tag), { textContent: text, ...given });

  async function open(cell, where) {
    const said = made("div", "", { className: "told-of" });
    said.append(made("b", where, { dir: "auto" }));
    if (cell.precision) said.append(made("span", cell.precision, { className: "soft" }));
    const list = made("ul");
    said.append(list, made("a", `${sayAll}: ${number(cell.number)}`, { href: cell.list }));
    const popup = L.popup({ maxWidth: Math.min(320, box.clientWidth - 80), offset: [0, -8] }).setLatLng([cell.north, cell.east]).setContent(said).openOn(map);
    said.lastChild.focus();
    const [path, question] = cell.list.split("?");
    const answer = await fetch(`${path}entries/?${question}&page_size=5`);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const each of [...page.querySelectorAll(".entries.read > li > a")].slice(0, 5)) { // of several lists there are more
      const line = made("li");
      line.append(made("a", each.textContent, { href: each.getAttribute("href"), dir: "auto" }));
      list.append(line);
    }
    popup.update(); // which takes the content out for a moment, and the focus with it
    said.lastChild.focus();
  }

  async function ask() {
    const turn = ++asked;
    const seen = map.getBounds();
    const address = new URL(places, location.href);
    address.searchParams.set("across", Math.floor(box.clientWidth / (first ? 90 : 58)));
    if (!first) address.searchParams.set("window", [seen.getWest(), seen.getSouth(), seen.getEast(), seen.getNorth()].map((each) => each.toFixed(5)).join(","));
    box.setAttribute("aria-busy", "true");
    const answer = await fetch(address).catch(() => null);
    if (turn !== asked) return; // it was moved on
    box.removeAttribute("aria-busy");
    if (!answer?.ok) { told.textContent = sayFailed; return; }
    const { cells, here, elsewhere, nowhere } = await answer.json();
    const said = told.dataset.say.replace("{here}", number(here)).replace("{elsewhere}", number(elsewhere));
    told.textContent = nowhere ? `${said} ${told.dataset.sayNowhere.replace("{nowhere}", number(nowhere))}` : said;
    if (first) show(cells);
    const active = box.contains(document.activeElement) && document.activeElement.title;
    drawn.clearLayers();
    for (const cell of cells) {
      const around = cell.points === 1 && area(cell);
      if (around) drawn.addLayer(around);
      const marker = mark(cell).addTo(drawn);
      if (active && active === marker.options.title) marker.getElement().focus();
    }
  }

  // At first all is counted, and the window set to where it lies; what is then seen is counted like every other window.
  function show(cells) {
    first = false;
    map.on("moveend", ask);
    if (!cells.length) return;
    const alone = cells.length === 1 && cells[0].points === 1 && area(cells[0]);
    const wide = alone ? corners(cells[0]) : cells.flatMap(({ box: [west, south, east, north] }) => [[south, west], [north, east]]);
    map.fitBounds(wide, { maxZoom: 11, padding: [30, 30], animate: false });
  }

  function corners(cell) {
    if (cell.area.square) return [[cell.area.square[1], cell.area.square[0]], [cell.area.square[3], cell.area.square[2]]];
    const bounds = L.latLng(cell.north, cell.east).toBounds(2 * cell.area.radius);
    return [bounds.getSouthWest(), bounds.getNorthEast()];
  }

  if (ground) drawGround();
  ask();
});
