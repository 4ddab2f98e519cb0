/*
 * The live circle: a click anywhere shows how far one walks from there, computed in the page.
 *
 * Leaves window.lifecircleMap.live behind:
 *   start(), stop()            whether clicks on the map are taken as starting points
 *   at([lat, lon], walker)     walk from a place of the map; walker by key, the chosen one if left
 *                              out; gives minutes by row of the facilities, joins, milliseconds
 *   clear()                    take the walk off the map
 *   last()                     the walk that is shown
 */
(function () {
  "use strict";

  var pieces = window.lifecirclePieces, Page = pieces.Page;
  var fill = pieces.fill, element = pieces.element, append = pieces.append;
  var MOST_PRINTED = 10;
  var isPicking = false;

  // While starting points are picked, a click opens no card.
  var openPopup = L.Layer.prototype._openPopup;
  L.Layer.include({
    _openPopup: function (event) { if (!isPicking) openPopup.call(this, event); }
  });

  function polynomial(one, first, second) {
    var u = (first - one.middle[0]) / one.half[0], v = (second - one.middle[1]) / one.half[1];
    var x = 0, y = 0;
    one.powers.forEach(function (power, at) {
      var term = Math.pow(u, power[0]) * Math.pow(v, power[1]);
      x += one.x[at] * term;
      y += one.y[at] * term;
    });
    return [x, y];
  }

  function Live(page) {
    this.page = page;
    this.data = page.data.live;
    this.words = this.data.words;
    this.network = null;
    this.last = null;
    this.walker = 0;
    this.bandsBefore = "";
  }

  Page.prototype.drawLive = function () {
    var data = this.data.live;
    if (!data || data.left_out) return;
    var pane = this.map.createPane("lifecircle-live");
    pane.style.zIndex = 315;
    pane.style.pointerEvents = "none";
    var live = this.live = new Live(this);
    live.canvas = L.canvas({ pane: "lifecircle-live", padding: 0.3 });
    live.shapes = L.layerGroup().addTo(this.map);
    this.map.on("click", function (event) {
      if (isPicking) live.show(event.latlng);
    });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && isPicking) live.pick(false);
    });
  };

  // ---- the walk ----

  // When it is wanted first: most who open a map want to look at it.
  Live.prototype.read = function () {
    if (this.network) return;
    this.network = new window.lifecircleNetwork.Network(this.data);
    // The first walk is the slowest by far; it is done before somebody waits for it.
    var live = this;
    window.setTimeout(function () { live.at(live.page.map.getCenter()); }, 0);
  };

  Live.prototype.at = function (latlng, key) {
    var begun = Date.now(), place = L.latLng(latlng), data = this.data, walker = this.walker;
    if (window.performance) begun = window.performance.now();
    this.read();
    data.walkers.forEach(function (one, index) { if (one.key === key) walker = index; });
    var wgs84 = this.page.toWgs84(place), at = polynomial(data.places.to_m, wgs84.lng, wgs84.lat);
    var box = data.exact_m;
    // Beyond all streets is not merely far from one.
    box = box || this.network.box();
    if (box && (at[0] < box[0] || at[1] < box[1] || at[0] > box[2] || at[1] > box[3])) {
      return { latlng: place, problem: this.words.outside, minutes: {} };
    }
    var limits = data.minutes, limit = limits[limits.length - 1];
    var walk = this.network.walk(at[0], at[1], walker, limit);
    var found = { latlng: place, problem: "", minutes: {}, shapes: [], walker: data.walkers[walker].key };
    if (walk) {
      found.minutes = walk.minutes;
      found.access_m = walk.access;
      found.by_gate = walk.byGate;
      found.shapes = this.network.shapes(walk, limits);
    } else found.problem = fill(this.words.far, { snap_m: data.snap_m });
    if (window.performance) found.milliseconds = window.performance.now() - begun;
    return found;
  };

  Live.prototype.show = function (latlng) {
    var page = this.page, found = this.last = this.at(latlng), data = this.data;
    this.shapes.clearLayers();
    if (page.chosenBands) {
      this.bandsBefore = page.chosenBands;
      page.chooseBands("");
    }
    for (var band = found.problem ? -1 : found.shapes.length - 1; band >= 0; band -= 1) {
      var rings = found.shapes[band].map(function (ring) {
        return ring.map(function (at) {
          var lonlat = polynomial(data.places.to_degrees, at[0], at[1]);
          return pieces.onMap([lonlat[1], lonlat[0]]);
        });
      });
      if (rings.length) this.shapes.addLayer(L.polygon(rings, { interactive: false, stroke: true,
        color: "#ffffff", weight: 0.8, fillOpacity: 1, fillColor: this.colour(band), smoothFactor: 0.5,
        renderer: this.canvas, pane: "lifecircle-live" }));
    }
    this.shapes.addLayer(L.circleMarker(found.latlng, { interactive: false, radius: 7, weight: 3,
      color: "#ffffff", fillColor: "#b2182b", fillOpacity: 1, renderer: page.outlineCanvas,
      pane: "lifecircle-outlines" }));
    this.tell(found);
  };

  Live.prototype.colour = function (band) { return this.data.colours[band]; };

  Live.prototype.clear = function () {
    this.last = null;
    this.shapes.clearLayers();
    this.result.replaceChildren();
    this.clearButton.hidden = true;
    if (this.bandsBefore && !this.page.chosenBands) this.page.chooseBands(this.bandsBefore);
    this.bandsBefore = "";
  };

  Live.prototype.pick = function (isOn) {
    isPicking = isOn;
    if (isOn) this.read();
    this.page.map.closePopup();
    this.page.map.getContainer().classList.toggle("lc-picking", isOn);
    this.button.textContent = isOn ? this.words.stop : this.words.start;
    this.button.setAttribute("aria-pressed", String(isOn));
    this.hint.textContent = isOn ? this.words.active : this.words.hint;
  };

  // ---- the panel ----

  Page.prototype.liveSection = function () {
    var data = this.data.live, live = this.live, section;
    if (!data) return null;
    section = this.section(data.words.title);
    section.classList.add("lc-live");
    if (!live) return append(section, element("p", "lc-note", data.left_out));
    live.button = element("button", "lc-button lc-pick", data.words.start);
    live.button.type = "button";
    live.button.setAttribute("aria-pressed", "false");
    live.button.addEventListener("click", function () { live.pick(!isPicking); });
    live.clearButton = element("button", "lc-button", data.words.clear);
    live.clearButton.type = "button";
    live.clearButton.hidden = true;
    live.clearButton.addEventListener("click", function () { live.clear(); });
    var select = element("select", "lc-select");
    data.walkers.forEach(function (walker, index) {
      var option = element("option", "", walker.label);
      option.value = String(index);
      append(select, option);
    });
    select.setAttribute("aria-label", data.words.walker);
    select.addEventListener("change", function () {
      live.walker = Number(select.value);
      if (live.last) live.show(live.last.latlng);
    });
    live.hint = element("p", "lc-note", data.words.hint);
    live.result = element("div", "lc-live-result");
    live.result.setAttribute("aria-live", "polite");
    return append(section,
      append(element("label", "lc-row lc-choose"), element("span", "lc-label", data.words.walker), select),
      append(element("div", "lc-row"), live.button, live.clearButton), live.hint, live.result);
  };

  // The nearest of each service, those in reach first and the nearest of them before the others.
  Live.prototype.services = function (found) {
    var facilities = this.page.data.facilities, limits = this.data.minutes, rows = [];
    if (!facilities) return rows;
    facilities.services.forEach(function (service) {
      rows.push({ service: service, minutes: null, row: -1, within: limits.map(function () { return 0; }) });
    });
    Object.keys(found.minutes).forEach(function (key) {
      var row = Number(key), minutes = found.minutes[key], one = rows[facilities.service[row]];
      if (one.minutes === null || minutes < one.minutes) {
        one.minutes = minutes;
        one.row = row;
      }
      limits.forEach(function (limit, band) { if (minutes <= limit + 1e-6) one.within[band] += 1; });
    });
    return rows.sort(function (a, b) {
      return (a.minutes === null ? Infinity : a.minutes) - (b.minutes === null ? Infinity : b.minutes) || 0;
    });
  };

  Live.prototype.tell = function (found) {
    var live = this, text = this.words, limits = this.data.minutes, box = this.result;
    var limit = limits[limits.length - 1];
    box.replaceChildren();
    this.clearButton.hidden = false;
    if (found.problem) {
      append(box, element("p", "lc-remark", found.problem));
      return;
    }
    append(box, element("p", "lc-paper", this.data.walkers[this.walker].label));
    limits.forEach(function (minutes, band) {
      append(box, append(element("div", "lc-row"), pieces.swatch("lc-band", live.colour(band)),
        element("span", "lc-label", fill(text.within_minutes, { minutes: minutes }))));
    });
    append(box, element("p", "lc-note", found.by_gate ? text.by_gate
      : fill(text.join, { metres: Math.round(found.access_m) })));
    var rows = this.services(found);
    var reached = rows.filter(function (one) { return one.minutes !== null; });
    append(box, element("h3", "", fill(text.reached,
      { limit: limit, reached: reached.length, total: rows.length })));
    if (reached.length) append(box, this.table(reached));
    if (reached.length > MOST_PRINTED) append(box, element("p", "lc-paper",
      fill(text.printed, { count: MOST_PRINTED })));
    var others = rows.filter(function (one) { return one.minutes === null; });
    if (others.length) append(box, element("p", "lc-note", fill(text.not_reached, { limit: limit,
      names: others.map(function (one) { return one.service; }).join(text.separator) })));
    append(box, element("p", "lc-note", text.note));
  };

  Live.prototype.table = function (rows) {
    var live = this, page = this.page, text = this.words, limits = this.data.minutes;
    var table = element("table", "lc-live-table"), head = element("tr");
    [text.service, text.minutes, fill(text.within, { minutes: limits[limits.length - 1] })].forEach(
      function (label) { append(head, element("th", "", label)); });
    append(table, append(element("thead"), head));
    var body = append(table, element("tbody")).lastChild;
    rows.forEach(function (one, at) {
      var name = page.data.facilities.name[one.row] || text.unnamed, row = element("tr", at < MOST_PRINTED ? "" : "lc-screen");
      var band = limits.findIndex(function (limit) { return one.minutes <= limit + 1e-6; });
      var button = element("button", "lc-unit", one.service);
      button.type = "button";
      button.addEventListener("click", function () { live.open(one.row); });
      var cell = append(element("td"), pieces.swatch("lc-band", live.colour(Math.max(band, 0))), button,
        element("span", "lc-which", name));
      cell.title = name;
      append(row, cell, element("td", "", one.minutes.toFixed(1)),
        element("td", "", String(one.within[limits.length - 1])));
      append(body, row);
    });
    return table;
  };

  // The card of a facility, shown even while starting points are picked.
  Live.prototype.open = function (row) {
    var before = isPicking;
    isPicking = false;
    window.lifecircleMap.openPopup("facilities", row);
    isPicking = before;
  };

  Live.prototype.handle = function () {
    var live = this;
    return {
      start: function () { live.pick(true); },
      stop: function () { live.pick(false); },
      at: function (latlng, walker) { return live.at(latlng, walker); },
      clear: function () { live.clear(); },
      last: function () { return live.last; }
    };
  };
})();
