/*
 * Walls, and the gates in them.
 */
(function () {
  "use strict";

  var pieces = window.lifecirclePieces, Page = pieces.Page;
  var fill = pieces.fill;
  var element = pieces.element;
  var append = pieces.append;
  Page.prototype.drawWalls = function () {
    if (!this.data.walls) return;
    var lines = L.polyline(pieces.unpackLines(this.data.walls), { color: "#8a5a44", weight: 1.2,
      opacity: 0.9, interactive: false, renderer: this.outlineCanvas, pane: "lifecircle-outlines",
      smoothFactor: 0.5 });
    this.layers.walls = L.layerGroup([lines]).addTo(this.map);
    this.onZoom(function (zoom) {
      lines.setStyle({ weight: zoom < 14 ? 0.6 : zoom < 16 ? 1.1 : zoom < 17 ? 1.6 : 2.2 });
    });
  };

  Page.prototype.drawGates = function () {
    var page = this, gates = this.data.gates;
    if (!gates) return;
    var group = L.featureGroup();
    pieces.unpackLine(gates.points).forEach(function (at, row) {
      var look = gates.classes[gates.access[row]];
      var mark = new pieces.Mark(at, { renderer: page.canvas, radius: 3, shape: look.shape,
        fillColor: look.colour });
      mark.lifecircleRow = row;
      page.rows.gates.push(mark.addTo(group));
    });
    group.bindPopup(function (mark) { return page.gateCard(mark.lifecircleRow); },
      this.popupOptions(340));
    this.layers.gates = group.addTo(this.map);
    this.onZoom(function (zoom) {
      var radius = zoom < 14 ? 1.6 : zoom < 15 ? 2.2 : zoom < 16 ? 3 : zoom < 17 ? 4 : 5.5;
      page.rows.gates.forEach(function (mark) { mark.setRadius(radius); });
    });
  };

  Page.prototype.gateCard = function (row) {
    var gates = this.data.gates, text = this.words, id = fill(text.gate, { id: gates.id[row] });
    var facts = [[text.gate_access, gates.classes[gates.access[row]].label]];
    if (gates.is_known[row] === false) facts.push([text.gate_unknown]);
    if (gates.hours[row]) facts.push([text.gate_hours, gates.hours[row]]);
    if (gates.compound[row]) facts.push([text.compound, gates.compound[row]]);
    return pieces.card(gates.name[row] || id, gates.name[row] ? id : "", facts);
  };

  Page.prototype.barriersSection = function () {
    var page = this, text = this.words, gates = this.data.gates;
    if (!this.layers.walls) return null;
    var section = append(this.section(text.barriers),
      this.checkbox("walls", text.walls, pieces.swatch("lc-wall")));
    if (!gates) return section;
    append(section, this.checkbox("gates", text.gates, null,
      fill(text.facilities_count, { count: pieces.people(gates.id.length) })));
    var legend = append(section, element("div", "lc-legend lc-gates")).lastChild;
    gates.classes.forEach(function (look) {
      append(legend, append(element("div", "lc-row"), pieces.picture(look),
        element("span", "lc-label", look.label),
        element("span", "lc-count",
          fill(page.words.facilities_count, { count: pieces.people(look.count) }))));
    });
    return section;
  };
})();
