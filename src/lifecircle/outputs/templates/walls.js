/*
 * Walls, and the gates in them: told apart by shape as well as by colour.
 */
(function () {
  "use strict";

  var pieces = window.lifecirclePieces, Page = pieces.Page;
  var fill = pieces.fill;
  var element = pieces.element;
  var append = pieces.append;
  // Corners of each shape around its middle; a cross is two strokes.
  var SHAPES = {
    triangle: [[[0, -1.1], [1.05, 0.8], [-1.05, 0.8]]],
    diamond: [[[0, -1.15], [1.15, 0], [0, 1.15], [-1.15, 0]]],
    cross: [[[-0.85, -0.85], [0.85, 0.85]], [[-0.85, 0.85], [0.85, -0.85]]]
  };

  L.Canvas.include({
    _updateLifecircleGate: function (layer) {
      if (!this._drawing || layer._empty()) return;
      var context = this._ctx, size = layer._radius, at = layer._point, look = layer.options.look;
      context.save();
      context.beginPath();
      SHAPES[look.shape].forEach(function (corners) {
        corners.forEach(function (corner, step) {
          context[step ? "lineTo" : "moveTo"](at.x + size * corner[0], at.y + size * corner[1]);
        });
        if (corners.length > 2) context.closePath();
      });
      context.lineJoin = context.lineCap = "round";
      // A white rim, so that a gate stands out from its wall and from what lies below.
      context.strokeStyle = "#ffffff";
      context.lineWidth = look.shape === "cross" ? 4.2 : 2.4;
      context.stroke();
      context.strokeStyle = context.fillStyle = look.colour;
      if (look.shape === "cross") {
        context.lineWidth = 2;
        context.stroke();
      } else context.fill();
      context.restore();
    }
  });
  var Gate = L.CircleMarker.extend({
    _updatePath: function () { this._renderer._updateLifecircleGate(this); }
  });

  Page.prototype.drawWalls = function () {
    if (!this.data.walls) return;
    var lines = L.polyline(this.data.walls.map(pieces.unpackLine), { color: "#8a5a44", weight: 1.2,
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
      var mark = new Gate(at, { renderer: page.canvas, radius: 3, weight: 3,
        look: gates.classes[gates.access[row]] });
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

  // The legend's own picture of a gate.
  function picture(look) {
    var svg = "http://www.w3.org/2000/svg", node = document.createElementNS(svg, "svg");
    var path = document.createElementNS(svg, "path");
    node.setAttribute("viewBox", "-1.7 -1.7 3.4 3.4");
    node.setAttribute("class", "lc-gate");
    path.setAttribute("d", SHAPES[look.shape].map(function (corners) {
      return "M" + corners.map(function (corner) { return corner.join(" "); }).join("L") +
        (corners.length > 2 ? "Z" : "");
    }).join(""));
    path.setAttribute(look.shape === "cross" ? "stroke" : "fill", look.colour);
    path.setAttribute("stroke-width", look.shape === "cross" ? "0.6" : "0");
    path.setAttribute("stroke-linecap", "round");
    return append(node, path);
  }

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
      append(legend, append(element("div", "lc-row"), picture(look),
        element("span", "lc-label", look.label),
        element("span", "lc-count",
          fill(page.words.facilities_count, { count: pieces.people(look.count) }))));
    });
    return section;
  };
})();
