/*
 * What stands around the map: title, panel of layers with their legend, sources, controls.
 */
(function () {
  "use strict";

  var pieces = window.lifecirclePieces, Page = pieces.Page;
  var fill = pieces.fill;
  var element = pieces.element;
  var append = pieces.append;
  var swatch = pieces.swatch;
  var people = pieces.people;

  Page.prototype.drawFrame = function () {
    var page = this, data = this.data;
    var head = document.getElementById("lifecircle-head");
    var titles = append(
      element("div", "lc-titles"), element("h1", "", data.title), element("p", "", data.subtitle)
    );
    var toggle = element("button", "lc-toggle", this.words.panel_toggle);
    toggle.type = "button";
    toggle.setAttribute("aria-expanded", "true");
    toggle.setAttribute("aria-controls", "lifecircle-panel");
    toggle.addEventListener("click", function () {
      var hidden = document.getElementById("lifecircle-page").classList.toggle("lc-no-panel");
      toggle.setAttribute("aria-expanded", String(!hidden));
      page.map.invalidateSize({ animate: false });
    });
    append(head, titles, this.searchBox(), data.sample ? element("span", "lc-sample", data.sample) : null,
      this.printMenu(), toggle);
    append(
      document.getElementById("lifecircle-foot"),
      element("span", "lc-sources", data.sources),
      data.review_number ? element("span", "lc-review", data.review_number) : null,
      element("span", "lc-date"),
      element("span", "lc-made", data.made_with)
    );
  };

  // ---- panel: layers and legend in one list ----

  Page.prototype.drawPanel = function () {
    var panel = document.getElementById("lifecircle-panel"), text = this.words;
    [this.unitsSection(), this.liveSection(), this.bandsSection(), this.facilitiesSection(),
      this.residentsSection(), this.shortfallsSection()].concat(this.marksSections(), [
      this.barriersSection(), this.groundSection(),
      this.data.units ? element("p", "lc-hint lc-screen", text.hint) : null,
      this.warningsSection()]).forEach(function (section) { append(panel, section); });
  };

  Page.prototype.section = function (title) {
    return append(element("section", "lc-section"), element("h2", "", title));
  };

  Page.prototype.checkbox = function (name, label, mark, count) {
    var page = this, row = element("label", "lc-row"), box = element("input");
    box.type = "checkbox";
    box.checked = this.map.hasLayer(this.layers[name]);
    box.dataset.layer = name;
    box.addEventListener("change", function () {
      if (page.shownWithBands === name) page.shownWithBands = "";
      page.show(name, box.checked);
    });
    this.boxes[name] = box;
    return append(row, box, mark, element("span", "lc-label", label),
      count === undefined ? null : element("span", "lc-count", count));
  };

  Page.prototype.bandsSection = function () {
    var page = this, bands = this.data.bands, text = this.words;
    if (!bands || !bands.sets.length) return null;
    var section = this.section(text.bands);
    var select = element("select", "lc-select lc-bands-choice");
    section.classList.add("lc-bands");
    var choices = bands.sets.map(function (one) { return [one.key, one.label]; });
    if (bands.all && choices.length > 1) choices.unshift(["*", bands.all]);
    choices.push(["", text.bands_none]);
    choices.forEach(function (choice) {
      var option = element("option", "", choice[1]);
      option.value = choice[0];
      append(select, option);
    });
    select.value = this.chosenBands;
    select.setAttribute("aria-label", bands.chooser);
    select.addEventListener("change", function () { page.chooseBands(select.value); });
    this.bandsSelect = select;
    this.bandsLegend = element("div", "lc-legend");
    append(section, append(element("label", "lc-row lc-choose lc-screen"),
      element("span", "lc-label", bands.chooser), select), this.bandsLegend);
    this.drawBandsLegend();
    return append(section, bands.note ? element("p", "lc-note", bands.note) : null);
  };

  Page.prototype.drawBandsLegend = function () {
    var bands = this.data.bands, text = this.words, chosen = this.chosenBands;
    var set = bands.sets.find(function (one) { return one.key === chosen; });
    this.bandsLegend.replaceChildren();
    if (chosen === "") return;
    append(this.bandsLegend, element("p", "lc-paper lc-strong", set ? set.label : bands.all));
    // All that is drawn, wherever it lies: nobody shall take it for a unit's area.
    if (set) append(this.bandsLegend, element("p", "lc-heading", bands.area));
    bands.minutes.forEach(function (minutes, step) {
      var area = set && set.areas.find(function (one) { return one.minutes === minutes; });
      append(this, append(element("div", "lc-row"),
        swatch("lc-band", bands.colours[step]),
        element("span", "lc-label", fill(text.bands_class, { minutes: minutes })),
        area ? element("span", "lc-count", fill(text.area_ha, {
          area: area.area_ha.toLocaleString("en-US", { minimumFractionDigits: 1 })
        })) : null));
    }, this.bandsLegend);
    var walkers = bands.sets.filter(function (one) { return !set || one === set; })
      .map(function (one) { return one.walker; });
    var isOne = walkers.every(function (walker) { return walker === walkers[0]; });
    if (isOne && walkers[0]) append(this.bandsLegend, element("p", "lc-note", walkers[0]));
  };

  Page.prototype.facilitiesSection = function () {
    var page = this, facilities = this.data.facilities, text = this.words;
    if (!facilities || !facilities.groups.length) return null;
    var section = this.section(text.facilities), boxes = [];
    var buttons = element("span", "lc-buttons");
    [[text.show_all, true], [text.show_none, false]].forEach(function (choice) {
      var button = element("button", "", choice[0]);
      button.type = "button";
      button.addEventListener("click", function () {
        boxes.forEach(function (box) { if (box.checked !== choice[1]) box.click(); });
      });
      append(buttons, button);
    });
    append(section.firstChild, buttons);
    facilities.groups.forEach(function (group, position) {
      var here = facilities.group.map(function (one, row) { return one === position ? row : -1; })
        .filter(function (row) { return row >= 0; });
      var off = here.filter(function (row) { return facilities.unsnapped[row]; }).length;
      var row = page.checkbox("facilities/" + group.key, group.label,
        pieces.picture(group),
        fill(off ? text.facilities_count_off : text.facilities_count,
          { count: people(here.length - off), off: people(off) }));
      boxes.push(row.firstChild);
      append(section, row);
    });
    if (facilities.unsnapped.some(Boolean)) {
      append(section, append(element("div", "lc-row lc-off-street"),
        pieces.picture({ shape: "circle", colour: "#7d7d7d", isHollow: true }),
        element("span", "lc-label", facilities.off_street)));
    }
    return section;
  };

  Page.prototype.groundSection = function () {
    var text = this.words, layers = this.layers;
    var section = this.section(layers.units || layers.streets ? text.ground : text.points);
    if (layers.points) append(section, this.checkbox("points", text.points,
      swatch("lc-dot", "#cc3311")));
    if (layers.units) append(section, this.checkbox("units", text.units, swatch("lc-outline")));
    if (layers.names) append(section, this.checkbox("names", text.labels, swatch("lc-letter")));
    if (layers.streets) append(section, this.checkbox("streets", text.streets,
      swatch("lc-street")));
    if (this.data.streets_note) append(section, element("p", "lc-note", this.data.streets_note));
    return section.childNodes.length > 1 ? section : null;
  };

  Page.prototype.warningsSection = function () {
    var warnings = this.data.warnings;
    if (!warnings.length) return null;
    var list = element("ul");
    warnings.forEach(function (warning) { append(list, element("li", "", warning)); });
    return append(element("details", "lc-section lc-warnings lc-screen"),
      element("summary", "", fill(this.words.warnings, { count: warnings.length })), list);
  };

  Page.prototype.addControls = function () {
    var text = this.words, data = this.data, map = this.map;
    L.control.zoom({ zoomInTitle: text.zoom_in, zoomOutTitle: text.zoom_out }).addTo(map);
    L.control.scale({ imperial: false, metric: true, maxWidth: 140 }).addTo(map);
    var north = L.control({ position: "topright" });
    north.onAdd = function () {
      var svg = "http://www.w3.org/2000/svg";
      var picture = document.createElementNS(svg, "svg"), arrow = ["M12 1 L19 25 L12 20 Z",
        "M12 1 L5 25 L12 20 Z"];
      picture.setAttribute("viewBox", "0 0 24 26");
      arrow.forEach(function (path, side) {
        var half = document.createElementNS(svg, "path");
        half.setAttribute("d", path);
        half.setAttribute("class", side ? "lc-north-light" : "lc-north-dark");
        picture.appendChild(half);
      });
      return append(element("div", "lc-north"), element("span", "", text.north), picture);
    };
    north.addTo(map);
    if (data.sample) {
      var mark = L.control({ position: "bottomright" });
      mark.onAdd = function () { return element("div", "lc-sample", data.sample); };
      mark.addTo(map);
    }
    map.on("popupopen", function (event) {
      var button = event.popup.getElement().querySelector(".leaflet-popup-close-button");
      if (button) {
        button.setAttribute("aria-label", text.close);
        button.setAttribute("title", text.close);
      }
    });
  };
})();
