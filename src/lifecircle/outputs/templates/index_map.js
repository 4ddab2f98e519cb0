/*
 * The map of an overview: units in the colours of a figure, hatched where it is unknown.
 */
(function () {
  "use strict";

  var pieces = window.lifecircleOverviewPieces;
  var UNKNOWN = "#e3e1dc", FAILED = "#ffffff", EDGE = "#5a5a5a", FAILED_EDGE = "#a3261b";
  var MOST_NAMES = 150;

  // Polygons as latitudes and longitudes; see outputs/packing.py.
  function unpack(polygons, unit) {
    return polygons.map(function (rings) {
      return rings.map(function (steps) {
        var ring = [], x = 0, y = 0;
        for (var i = 0; i < steps.length; i += 2) {
          x += steps[i];
          y += steps[i + 1];
          ring.push([y * unit / 1e6, x * unit / 1e6]);
        }
        return ring;
      });
    });
  }

  function drawHatch(context, kind) {
    context.strokeStyle = kind === "failed" ? FAILED_EDGE : "#8d8b85";
    context.lineWidth = 1.2;
    context.beginPath();
    context.moveTo(-2, 10);
    context.lineTo(10, -2);
    if (kind === "failed") {
      context.moveTo(-2, -2);
      context.lineTo(10, 10);
    }
    context.stroke();
  }

  function hatch(context, kind) {
    var tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    drawHatch(tile.getContext("2d"), kind);
    return context.createPattern(tile, "repeat");
  }

  // Leaflet's canvas, which knows no hatching.
  var Hatched = L.Canvas.extend({
    _fillStroke: function (context, layer) {
      var kind = layer.options.hatch;
      L.Canvas.prototype._fillStroke.call(this, context, layer);
      if (!kind || !layer.options.fill) return;
      this._hatches = this._hatches || {};
      this._hatches[kind] = this._hatches[kind] || hatch(context, kind);
      context.globalAlpha = layer.options.fillOpacity;
      context.fillStyle = this._hatches[kind];
      context.fill("evenodd");
    },
  });

  // A swatch of the legend in the same colours.
  function swatch(look) {
    var box = document.createElement("canvas");
    box.className = "ov-swatch";
    box.width = 24;
    box.height = 15;
    var context = box.getContext("2d");
    context.fillStyle = look.fillColor;
    context.fillRect(0, 0, 24, 15);
    if (look.hatch) {
      context.fillStyle = hatch(context, look.hatch);
      context.fillRect(0, 0, 24, 15);
    }
    context.strokeStyle = look.color;
    context.strokeRect(0.5, 0.5, 23, 14);
    return box;
  }

  function UnitMap(page, place) {
    var data = page.data, map = this;
    this.page = page;
    this.map = L.map(place, { zoomControl: false, zoomSnap: 0.25, attributionControl: true });
    this.map.attributionControl.setPrefix("Leaflet");
    L.control.zoom({ zoomInTitle: data.zoom[0], zoomOutTitle: data.zoom[1] }).addTo(this.map);
    L.control.scale({ imperial: false }).addTo(this.map);
    this.map.fitBounds(data.bounds, { animate: false });
    this.renderer = new Hatched({ padding: 0.3 });
    this.layers = data.shapes.map(function (shape) {
      return shape && L.polygon(unpack(shape, data.unit),
        { renderer: map.renderer, smoothFactor: 1, interactive: true });
    });
    this.drawn = this.layers.map(function (layer, row) { return layer ? row : -1; })
      .filter(function (row) { return row >= 0; });
    // Small units lie above those that hold them.
    var size = this.layers.map(function (layer) {
      if (!layer) return 0;
      var box = layer.getBounds();
      return (box.getNorth() - box.getSouth()) * (box.getEast() - box.getWest());
    });
    this.drawn.sort(function (one, other) { return size[other] - size[one]; });
    // Of very many units the edges would be all that is seen.
    this.weight = this.drawn.length > 1000 ? 0.3 : 1;
    this.drawn.forEach(function (row) { map.add(row); });
    this.names = L.layerGroup().addTo(this.map);
    this.chosen = null;
    this.map.on("moveend zoomend", function () { map.showNames(); });
    this.addTools(place);
  }

  UnitMap.prototype.add = function (row) {
    var page = this.page, layer = this.layers[row];
    layer.setStyle(this.look(row));
    layer.addTo(this.map);
    layer.bindTooltip(function () { return page.hint(row); }, { sticky: true });
    layer.on("click", function () { page.select(row, "map"); });
  };

  UnitMap.prototype.addTools = function (place) {
    var map = this, words = this.page.words;
    var Tools = L.Control.extend({
      onAdd: function () {
        var box = pieces.element("div", "ov-tools");
        var whole = pieces.element("button", "ov-button ov-screen", words.whole);
        whole.type = "button";
        whole.addEventListener("click", function () { map.showAll(); });
        L.DomEvent.disableClickPropagation(box);
        box.appendChild(whole);
        box.appendChild(pieces.element("span", "ov-north",
          document.documentElement.lang === "zh-CN" ? "北 ↑" : "N ↑"));
        return box;
      },
    });
    new Tools({ position: "topright" }).addTo(this.map);
  };

  UnitMap.prototype.showAll = function () {
    this.map.fitBounds(this.page.data.bounds, { animate: false });
  };

  // How a unit looks: by its class, hatched where nothing is known.
  UnitMap.prototype.look = function (row) {
    var page = this.page, look = L.extend({}, page.look(row));
    look.weight *= this.weight;
    if (page.matches[row]) return look;
    return { fill: false, fillColor: look.fillColor, hatch: "", color: EDGE, weight: 0.4,
      opacity: 0.35, dashArray: null, interactive: false };
  };

  UnitMap.prototype.paint = function () {
    var map = this;
    this.drawn.forEach(function (row) { map.layers[row].setStyle(map.look(row)); });
    this.showNames();
  };

  UnitMap.prototype.select = function (row, moves) {
    if (this.chosen) this.chosen.remove();
    this.chosen = null;
    var layer = row === null ? null : this.layers[row];
    if (!layer) return;
    this.chosen = L.polygon(layer.getLatLngs(), { renderer: this.renderer, fill: false,
      color: "#d9480f", weight: 3.5, interactive: false }).addTo(this.map);
    if (moves && !this.map.getBounds().contains(layer.getBounds())) {
      this.map.fitBounds(layer.getBounds().pad(0.6), { animate: false });
    }
  };

  // Names of the units that have room for theirs.
  UnitMap.prototype.showNames = function () {
    var map = this, page = this.page, bounds = this.map.getBounds(), shown = 0;
    this.names.clearLayers();
    for (var at = this.drawn.length - 1; at >= 0 && shown < MOST_NAMES; at -= 1) {
      var row = this.drawn[at], box = this.layers[row].getBounds();
      if (!page.matches[row] || !bounds.intersects(box)) continue;
      var low = map.map.latLngToLayerPoint(box.getSouthWest());
      var high = map.map.latLngToLayerPoint(box.getNorthEast());
      var name = page.data.names[row].slice(0, 24);
      if (high.x - low.x < 12.5 * name.length + 6 || low.y - high.y < 22) continue;
      if (page.holdsOthers[row]) continue;
      var icon = pieces.element("span", "ov-name", name);
      L.marker(map.centre(row),
        { icon: L.divIcon({ className: "ov-name-icon", html: icon, iconSize: [0, 0] }),
          interactive: false, keyboard: false }).addTo(this.names);
      shown += 1;
    }
  };

  // Middle of the largest ring of a unit.
  UnitMap.prototype.centre = function (row) {
    try {
      return this.layers[row].getCenter();
    } catch (error) {
      return this.layers[row].getBounds().getCenter();
    }
  };

  window.lifecircleOverviewMap = {
    UnitMap: UnitMap, swatch: swatch,
    UNKNOWN: { fill: true, fillColor: UNKNOWN, fillOpacity: 0.9, hatch: "unknown", color: EDGE,
      weight: 0.8, opacity: 1, dashArray: null, interactive: true },
    FAILED: { fill: true, fillColor: FAILED, fillOpacity: 0.9, hatch: "failed",
      color: FAILED_EDGE, weight: 1.6, opacity: 1, dashArray: "5 3", interactive: true },
    known: function (colour) {
      return { fill: true, fillColor: colour, fillOpacity: 0.9, hatch: "", color: EDGE,
        weight: 0.8, opacity: 1, dashArray: null, interactive: true };
    },
  };
})();
