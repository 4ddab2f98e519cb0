/*
 * Draws the layers of a lifecircle map on a Leaflet map.
 *
 * Every text of the data is set with textContent or as a text node. Nothing here takes HTML:
 * pop-ups and labels are given DOM nodes, never strings.
 *
 * lifecircleStart(map, data) is called once by the page. It leaves window.lifecircleMap behind, for
 * tests and for scripts of one's own:
 *   map                    the Leaflet map
 *   layers                 Leaflet layers by name: streets, units, names, residents, walls, gates,
 *                          points, shortfalls, "facilities/<group>", "bands/<group or origin>",
 *                          "marks/openings", "marks/sites", "marks/projects", "marks/changes"
 *   toWgs84(latlng)        the place of the data at a place of the map; fromWgs84 the other way
 *   isShown(name)          whether that layer is on the map
 *   chooseBands(key)       show the bands of one group or origin; "" for none, "*" for all
 *   openUnit(index)        go to a unit by its row and open its card
 *   openPopup(kind, index) open the pop-up of units, facilities, residents, gates, points,
 *                          shortfalls, openings, sites, projects or changes by row; their layer
 *                          is shown if it was not
 *   colourResidents(key)   "" by the services within reach, "service/<row>" or "group/<row>" by
 *                          minutes to the nearest
 *   enterPrint(paper, isAcross), leavePrint()
 *                          lay the page out for "A4" or "A3", and back
 *   swipeTo(share)         where the line between before and after stands, 0 to 1
 *   find(query)            names that match: shown (name and kind) and how many there are
 */
(function () {
  "use strict";

  L.Map.mergeOptions({ maxZoom: 20, zoomSnap: 0.25, zoomDelta: 1, wheelPxPerZoomLevel: 90 });
  L.Control.Attribution.mergeOptions({ prefix: "Leaflet" });
  // Pop-ups of layers that somebody adds: without a width, Chinese wraps one character a line.
  L.Popup.mergeOptions({ minWidth: 160, maxWidth: 340 });

  var pieces = window.lifecirclePieces;
  var unpackLine = pieces.unpackLine;
  var unpackPolygons = pieces.unpackPolygons;
  var fill = pieces.fill;
  var element = pieces.element;
  var append = pieces.append;
  var people = pieces.people;
  var card = pieces.card;
  // Unlike every class, and least of all like the class of nothing.
  var UNKNOWN_COLOUR = "#aab0b7";

  // ---- the page ----

  function Page(map, data) {
    this.map = map;
    this.data = data;
    this.words = data.words;
    this.layers = {};
    this.rows = { units: [], facilities: [], residents: [], gates: [], points: [] };
    this.markLayers = [];
    this.names = [];
    this.boxes = {};
    this.shownWithBands = "";
    this.chosenBands = "";
    this.moved = false;
  }

  Page.prototype.start = function () {
    this.makePanes();
    this.drawBasemap();
    this.drawFrame();
    this.drawStreets();
    this.drawUnits();
    this.drawWalls();
    this.drawResidents();
    this.drawShortfalls();
    this.drawGates();
    this.drawFacilities();
    this.drawMarks();
    this.drawPoints();
    this.drawBands();
    this.drawLive();
    this.drawPanel();
    this.addControls();
    this.addSwipe();
    this.addPrint();
    this.fitWhenSized();
    this.order();
  };

  // Places of the map and of the data, WGS-84: the same but below pictures that are shifted.
  Page.prototype.toWgs84 = function (latlng) {
    var at = pieces.fromMap([latlng.lat, latlng.lng]);
    return L.latLng(at[0], at[1]);
  };

  Page.prototype.fromWgs84 = function (latlng) {
    var at = pieces.onMap([latlng.lat, latlng.lng]);
    return L.latLng(at[0], at[1]);
  };

  Page.prototype.makePanes = function () {
    var map = this.map;
    [["bands", 310], ["streets", 320], ["outlines", 330], ["names", 450]].forEach(function (pane) {
      var node = map.createPane("lifecircle-" + pane[0]);
      node.style.zIndex = pane[1];
      node.style.pointerEvents = "none";
    });
    // What can be clicked shares one canvas: a canvas on top would swallow the others' clicks.
    this.canvas = L.canvas({ padding: 0.3, tolerance: 3 });
    this.bandCanvas = L.canvas({ pane: "lifecircle-bands", padding: 0.3 });
    this.streetCanvas = L.canvas({ pane: "lifecircle-streets", padding: 0.3 });
    this.outlineCanvas = L.canvas({ pane: "lifecircle-outlines", padding: 0.3 });
  };

  Page.prototype.drawStreets = function () {
    var streets = this.data.streets, page = this;
    if (!streets) return;
    var looks = {
      minor: { color: "#d3d1ca", weight: 0.8 },
      town: { color: "#bfbdb6", weight: 1.3 },
      main: { color: "#9d9a92", weight: 2.4 }
    };
    var ranks = Object.keys(looks).map(function (rank) {
      return L.polyline(pieces.unpackLines(streets[rank]), {
        color: looks[rank].color, weight: looks[rank].weight, interactive: false,
        renderer: page.streetCanvas, pane: "lifecircle-streets", smoothFactor: 0.6
      });
    });
    this.layers.streets = L.layerGroup(ranks).addTo(this.map);
    this.onZoom(function (zoom) {
      var factor = zoom < 14 ? 0.7 : zoom < 16 ? 1 : 1.7;
      ranks.forEach(function (line, rank) {
        line.setStyle({ weight: looks[Object.keys(looks)[rank]].weight * factor });
      });
    });
    this.data.street_names.forEach(function (name) {
      page.addName(name.text, pieces.onMap(name.at), "lc-street-name", name.turn, name.length_m);
    });
  };

  Page.prototype.drawFacilities = function () {
    var page = this, facilities = this.data.facilities;
    if (!facilities) return;
    var groups = facilities.groups.map(function () { return L.featureGroup(); });
    unpackLine(facilities.points).forEach(function (at, row) {
      var look = facilities.groups[facilities.group[row]];
      var dot = new pieces.Mark(at, facilities.unsnapped[row]
        // What is not counted is hollow.
        ? { renderer: page.canvas, radius: 4.5, weight: 1.8, shape: look.shape, isHollow: true,
          color: "#7d7d7d", fillColor: "#ffffff" }
        : { renderer: page.canvas, radius: 4.5, weight: 1.2, shape: look.shape,
          fillColor: look.colour });
      dot.lifecircleRow = row;
      page.rows.facilities.push(dot.addTo(groups[facilities.group[row]]));
    });
    groups.forEach(function (group, position) {
      group.bindPopup(function (dot) { return page.facilityCard(dot.lifecircleRow); },
        page.popupOptions(340));
      page.layers["facilities/" + facilities.groups[position].key] = group;
    });
    this.onZoom(function (zoom) {
      var radius = zoom < 14 ? 3.4 : zoom < 15.5 ? 4.8 : zoom < 17 ? 6.2 : 8.5;
      page.rows.facilities.forEach(function (dot) { dot.setRadius(radius); });
    });
  };

  Page.prototype.facilityCard = function (row) {
    var facilities = this.data.facilities, text = this.words;
    var facts = [
      [text.service, facilities.services[facilities.service[row]]],
      [text.group, facilities.groups[facilities.group[row]].label]
    ];
    var capacity = facilities.capacity[row];
    if (capacity !== undefined && capacity !== null) facts.push([text.capacity, people(capacity)]);
    if (facilities.unsnapped[row]) facts.push([facilities.off_street]);
    return card(facilities.name[row] || text.unnamed, text.facility, facts);
  };

  Page.prototype.drawPoints = function () {
    var page = this, points = this.data.points || [];
    if (!points.length) return;
    var group = L.featureGroup();
    points.forEach(function (point) {
      var dot = L.circleMarker(pieces.onMap(point.at), { renderer: page.canvas, radius: 6, weight: 2,
        color: "#ffffff", fillColor: "#cc3311", fillOpacity: 1 });
      dot.bindPopup(function () { return card(point.title, "", point.facts); },
        page.popupOptions(340));
      page.rows.points.push(dot.addTo(group));
    });
    this.layers.points = group.addTo(this.map);
  };

  Page.prototype.drawBands = function () {
    var page = this, bands = this.data.bands;
    if (!bands || !bands.sets.length) return;
    bands.sets.forEach(function (one) {
      // The widest first; the pane as a whole is see-through, so bands do not add up.
      var areas = one.areas.slice().reverse().map(function (area) {
        return L.polygon(unpackPolygons(area.polygons, bands.unit), {
          lifecircleMinutes: area.minutes, interactive: false,
          stroke: true, color: "#ffffff", weight: 0.8, fillOpacity: 1,
          fillColor: bands.colours[bands.minutes.indexOf(area.minutes)],
          renderer: page.bandCanvas, pane: "lifecircle-bands", smoothFactor: 0.5
        });
      });
      page.layers["bands/" + one.key] = L.layerGroup(areas);
    });
    var areCells = this.data.residents && this.data.residents.cells;
    this.chooseBands(areCells ? "" : bands.all && bands.sets.length > 1 ? "*" : bands.sets[0].key);
  };

  Page.prototype.chooseBands = function (key) {
    var page = this, bands = this.data.bands, shown = [];
    this.chosenBands = key;
    bands.sets.forEach(function (one) {
      var layer = page.layers["bands/" + one.key];
      page.map.removeLayer(layer);
      if (key === "*" || key === one.key) {
        page.map.addLayer(layer);
        shown.push(layer);
      }
    });
    // Of several sets, all wide bands lie below all narrow ones.
    bands.minutes.slice().reverse().forEach(function (minutes) {
      shown.forEach(function (layer) {
        layer.eachLayer(function (area) {
          if (area.options.lifecircleMinutes === minutes) area.bringToFront();
        });
      });
    });
    if (this.bandsLegend) this.drawBandsLegend();
    if (this.bandsSelect) this.bandsSelect.value = key;
    this.showFacilitiesOf(key);
  };

  // The facilities that the bands start from come and go with them, unless somebody chose himself.
  Page.prototype.showFacilitiesOf = function (key) {
    var before = this.shownWithBands, name = "facilities/" + key;
    this.shownWithBands = "";
    if (before && before !== name) this.show(before, false);
    if (!this.layers[name] || (before !== name && this.map.hasLayer(this.layers[name]))) return;
    this.show(name, true);
    this.shownWithBands = name;
  };

  Page.prototype.layerOf = function (kind, row) {
    var facilities = this.data.facilities;
    if (kind === "facilities") return "facilities/" + facilities.groups[facilities.group[row]].key;
    return this.layers["marks/" + kind] ? "marks/" + kind : kind;
  };

  Page.prototype.show = function (name, isShown) {
    if (isShown) this.map.addLayer(this.layers[name]);
    else this.map.removeLayer(this.layers[name]);
    if (this.boxes[name]) this.boxes[name].checked = isShown;
    this.order();
  };

  // ---- names of units and streets: as many as fit without touching ----

  Page.prototype.addName = function (text, at, className, turn, lengthM) {
    var label = element("span", className, text);
    // The name of a street or of a unit with children stands beside its line, not on it.
    label.style.transform = "translate(-50%, -50%) rotate(" + Number(turn) + "deg)" +
      (lengthM ? " translateY(-9px)" : className.indexOf("lc-parent-name") > 0
        ? " translateY(-14px)" : "");
    var holder = append(element("div", "lc-name"), label);
    var marker = L.marker(at, { interactive: false, keyboard: false, pane: "lifecircle-names",
      icon: L.divIcon({ html: holder, className: "lc-name-icon", iconSize: [0, 0] }) });
    this.names.push({ marker: marker, label: label, lengthM: lengthM,
      isUnit: className.indexOf("lc-unit-name") === 0 });
    if (!this.layers.names) {
      this.layers.names = L.layerGroup().addTo(this.map);
      this.map.on("zoomend moveend resize", this.placeNames, this);
    }
    this.layers.names.addLayer(marker);
    return label;
  };

  Page.prototype.placeNames = function () {
    var taken = [], map = this.map;
    if (!this.layers.names || !map.hasLayer(this.layers.names)) return;
    var size = map.getSize();
    var across = map.containerPointToLatLng([0, size.y / 2])
      .distanceTo(map.containerPointToLatLng([size.x, size.y / 2]));
    var pixelM = across / Math.max(size.x, 1);
    this.names.slice().sort(function (a, b) { return Number(b.isUnit) - Number(a.isUnit); })
      .forEach(function (name) {
        name.label.style.visibility = "hidden";
        if (name.lengthM && name.label.offsetWidth * pixelM > name.lengthM) return;
        var box = name.label.getBoundingClientRect();
        var touches = taken.some(function (other) {
          return box.left < other.right + 4 && box.right > other.left - 4 &&
            box.top < other.bottom + 2 && box.bottom > other.top - 2;
        });
        if (touches) return;
        taken.push(box);
        name.label.style.visibility = "visible";
      });
  };

  Page.prototype.popupOptions = function (maxWidth) {
    return { maxWidth: maxWidth, minWidth: 250,
      autoPanPaddingTopLeft: [52, 12], autoPanPaddingBottomRight: [44, 40] };
  };

  Page.prototype.onZoom = function (change) {
    var map = this.map;
    map.on("zoomend", function () { change(map.getZoom()); });
    if (map.getZoom() !== undefined) change(map.getZoom());
  };

  // Residents lie over units, gates, facilities and origins over them, whatever was switched last.
  Page.prototype.order = function () {
    var page = this;
    ["residents", "shortfalls", "gates"].concat(Object.keys(this.layers).filter(function (name) {
      return name.indexOf("facilities/") === 0;
    }), this.markLayers, ["points"]).forEach(function (name) {
      var layer = page.layers[name];
      if (layer && layer.bringToFront && page.map.hasLayer(layer)) {
        layer.bringToFront();
      }
    });
    this.placeNames();
  };

  // A notebook gives the page its size late; the view follows until somebody has moved it.
  Page.prototype.fitWhenSized = function () {
    var page = this, map = this.map, container = map.getContainer();
    ["wheel", "mousedown", "touchstart", "keydown"].forEach(function (kind) {
      container.addEventListener(kind, function () { page.moved = true; }, { passive: true });
    });
    function fit() {
      if (page.printing) return;
      map.invalidateSize({ animate: false });
      if (!page.moved) map.fitBounds(page.data.bounds, {
        paddingTopLeft: [14, page.data.units ? 30 : 14], paddingBottomRight: [14, page.data.sample ? 44 : 24],
        animate: false
      });
    }
    fit();
    if (window.ResizeObserver) new ResizeObserver(fit).observe(container);
  };

  pieces.Page = Page;
  pieces.UNKNOWN_COLOUR = UNKNOWN_COLOUR;

  window.lifecircleStart = function (map, data) {
    data = window.lifecircleUnpacked(data);
    pieces.setShifted(data.basemap && data.basemap.is_shifted);
    var page = new Page(map, data);
    data.bounds = data.bounds.map(pieces.onMap);
    if (data.residents) data.minutes = data.residents.minutes;
    page.start();
    window.lifecircleMap = {
      map: map,
      layers: page.layers,
      toWgs84: function (latlng) { return page.toWgs84(latlng); },
      fromWgs84: function (latlng) { return page.fromWgs84(latlng); },
      live: page.live ? page.live.handle() : null,
      isShown: function (name) { return map.hasLayer(page.layers[name]); },
      chooseBands: function (key) { page.chooseBands(key); },
      colourResidents: function (key) { page.colouredBy = key; page.colourResidents(); },
      enterPrint: function (paper, isAcross) {
        page.setPaper(paper, isAcross);
        page.enterPrint();
      },
      leavePrint: function () { page.leavePrint(); },
      swipeTo: function (share) { page.swipeTo(share); },
      find: function (query) { return page.find(query); },
      openUnit: function (index) { page.openUnit(index); },
      openPopup: function (kind, index) {
        if (kind === "shortfalls") return page.openShortfall(index);
        var one = page.rows[kind][index];
        page.show(page.layerOf(kind, index), true);
        var at = one.getLatLng ? one.getLatLng() : one.getCenter();
        one.fire("click", { latlng: at }, true);
      }
    };
  };
})();
