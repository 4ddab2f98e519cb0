/*
 * What is known beside the evaluation: shortfalls, and marks of openings, sites, projects and
 * changes, each with its card and a list that leads to it.
 */
(function () {
  "use strict";

  var pieces = window.lifecirclePieces, Page = pieces.Page;
  var fill = pieces.fill;
  var element = pieces.element;
  var append = pieces.append;
  var people = pieces.people;

  function factsOf(table, row) {
    return table.labels.map(function (label, column) {
      return [label, table.values[column][row]];
    }).filter(function (fact) { return fact[1] !== ""; });
  }

  // A button in a list: what it leads to, a small picture before it and a figure behind it.
  function listButton(label, mark, figure, go) {
    var button = element("button", "lc-list-button");
    button.type = "button";
    append(button, mark, element("span", "lc-label", label),
      figure ? element("span", "lc-count", figure) : null);
    button.addEventListener("click", go);
    return append(element("li"), button);
  }

  // ---- marks ----

  Page.prototype.drawMarks = function () {
    var page = this;
    (this.data.marks || []).forEach(function (marks) {
      var group = L.featureGroup(), name = "marks/" + marks.key, rows = page.rows[marks.key] = [];
      page.markLayers.push(name);
      pieces.unpackLines(marks.lines).forEach(function (line, at) {
        var row = marks.line_of[at], look = marks.looks[marks.look[row]];
        var way = L.polyline(line, { renderer: page.canvas, color: look.colour, weight: 3.5,
          dashArray: look.isHollow ? "4 5" : null, opacity: 0.9 });
        way.lifecircleRow = row;
        group.addLayer(way);
      });
      pieces.unpackLine(marks.points).forEach(function (at, row) {
        var look = marks.looks[marks.look[row]];
        var mark = new pieces.Mark(at, { renderer: page.canvas, shape: look.shape, weight: 1.6,
          radius: marks.radius[row] || 6, isHollow: look.isHollow,
          color: look.isHollow ? look.colour : "#ffffff",
          fillColor: look.isHollow ? "#ffffff" : look.colour, number: marks.numbers[row] || "" });
        mark.lifecircleRow = row;
        rows.push(mark.addTo(group));
      });
      group.bindPopup(function (mark) {
        var row = mark.lifecircleRow, look = marks.looks[marks.look[row]];
        return pieces.card(marks.titles[row], marks.title + " · " + look.label,
          factsOf(marks, row), "lc-wide-card");
      }, page.popupOptions(400));
      page.layers[name] = group;
      if (marks.is_shown) group.addTo(page.map);
      page.onZoom(function (zoom) {
        var factor = zoom < 14 ? 0.65 : zoom < 15 ? 0.85 : zoom < 17 ? 1 : 1.25;
        rows.forEach(function (mark, row) { mark.setRadius((marks.radius[row] || 6) * factor); });
      });
    });
  };

  Page.prototype.marksSections = function () {
    var page = this;
    return (this.data.marks || []).map(function (marks) {
      var text = page.words, section = page.section(marks.title);
      append(section, page.checkbox("marks/" + marks.key, text.on_map, null,
        fill(text.facilities_count, { count: people(marks.look.length) })));
      section.lastChild.classList.add("lc-screen");
      var legend = append(section, element("div", "lc-legend lc-indented")).lastChild;
      marks.looks.forEach(function (look) {
        append(legend, append(element("div", "lc-row"),
          look.isLine ? pieces.swatch("lc-line", look.colour) : pieces.picture(look),
          element("span", "lc-label", look.label), element("span", "lc-count",
            fill(text.facilities_count, { count: people(look.count) }))));
      });
      page.sizesLegend(marks, legend);
      marks.notes.forEach(function (note) { append(section, element("p", "lc-note", note)); });
      if (!marks.listed.length) return section;
      var list = append(section, element("ol", "lc-list lc-print-list")).lastChild;
      marks.listed.forEach(function (row) {
        var label = (marks.numbers[row] ? marks.numbers[row] + ". " : "") + marks.titles[row];
        append(list, listButton(label, pieces.picture(marks.looks[marks.look[row]]), "",
          function () { page.goTo(marks.key, row); }));
      });
      return section;
    });
  };

  Page.prototype.sizesLegend = function (marks, legend) {
    if (marks.sizes.length < 2) return;
    marks.sizes.forEach(function (size) {
      var picture = pieces.picture({ shape: marks.looks[0].shape, colour: marks.looks[0].colour });
      picture.style.width = picture.style.height = size.radius * 2 + 3 + "px";
      append(legend, append(element("div", "lc-row"),
        append(element("span", "lc-size"), picture), element("span", "lc-label", size.label)));
    });
  };

  // ---- shortfalls ----

  function priorityMark(colour) {
    var mark = pieces.swatch("lc-outline-swatch");
    mark.style.borderColor = colour;
    return mark;
  }

  Page.prototype.drawShortfalls = function () {
    if (!this.data.shortfalls) return;
    this.shortfall = -1;
    this.layers.shortfalls = L.featureGroup().addTo(this.map);
  };

  // Show where people are short by one row; -1 for none.
  Page.prototype.chooseShortfall = function (row) {
    var page = this, short = this.data.shortfalls, layer = this.layers.shortfalls;
    this.map.closePopup();
    layer.clearLayers();
    this.shortfall = row;
    if (this.shortfallsLegend) this.drawShortfallsLegend();
    (this.shortfallButtons || []).forEach(function (one) {
      one.button.classList.toggle("lc-chosen", one.row === row);
      one.button.setAttribute("aria-pressed", String(one.row === row));
    });
    if (row < 0) return;
    var cells = short.short[short.short_of[row]] || [];
    function popup(shape) {
      return shape.bindPopup(function () { return page.shortfallCard(row); },
        page.popupOptions(400));
    }
    for (var i = 0; i < cells.length; i += 2) {
      popup(L.polygon(pieces.unpackLine(short.cells[cells[i]]), { renderer: page.canvas,
        weight: 0.6, color: "#ffffff", fillOpacity: 0.78,
        fillColor: page.shortColour(cells[i + 1]) })).addTo(layer);
    }
    if (short.outline_of[row] >= 0) {
      var rings = pieces.unpackPolygons(short.outlines[short.outline_of[row]]);
      L.polygon(rings, { renderer: page.canvas, color: "#ffffff", weight: 5, fill: false,
        interactive: false }).addTo(layer);
      L.polygon(rings, { renderer: page.canvas, weight: 2.4, fill: false, interactive: false,
        color: short.classes[short.class[row]].colour }).addTo(layer);
    }
    // Hexagons over bands would be of neither's colours.
    if (this.data.bands && this.chosenBands) this.chooseBands("");
    this.show("shortfalls", true);
  };

  Page.prototype.shortColour = function (count) {
    var short = this.data.shortfalls, at = 0;
    while (at < short.short_breaks.length && count >= short.short_breaks[at]) at += 1;
    return short.short_classes[at].colour;
  };

  Page.prototype.shortfallName = function (row) {
    var short = this.data.shortfalls;
    return short.rank[row] + ". " + short.title[row];
  };

  Page.prototype.shortfallCard = function (row) {
    var short = this.data.shortfalls;
    var kind = [short.level[row], short.unit[row]].filter(Boolean).join(" · ");
    return pieces.card(this.shortfallName(row), kind, factsOf(short, row), "lc-wide-card");
  };

  Page.prototype.openShortfall = function (row) {
    var short = this.data.shortfalls, layer = this.layers.shortfalls;
    this.chooseShortfall(row);
    this.moved = true;
    if (layer.getLayers().length) {
      this.map.fitBounds(layer.getBounds(), { padding: [30, 30], maxZoom: 17, animate: false });
    }
    var at = short.at[row] ? pieces.onMap(short.at[row]) : this.map.getCenter();
    L.popup(this.popupOptions(400)).setLatLng(at).setContent(this.shortfallCard(row))
      .openOn(this.map);
  };

  Page.prototype.shortfallsSection = function () {
    var page = this, short = this.data.shortfalls, text = this.words;
    if (!short || !short.rank.length) return null;
    var section = this.section(fill(text.shortfalls, { count: people(short.rank.length) }));
    var levels = short.level.filter(function (one, row) { return short.level.indexOf(one) === row; });
    var list = element("ol", "lc-list lc-screen"), select = element("select", "lc-select");
    section.classList.add("lc-shortfalls");
    append(section, this.checkbox("shortfalls", text.on_map),
      element("p", "lc-note lc-screen", text.shortfalls_hint),
      short.note ? element("p", "lc-note", short.note) : null);
    section.childNodes[1].classList.add("lc-screen");
    levels.forEach(function (level) {
      append(select, element("option", "", level)).lastChild.value = level;
    });
    select.setAttribute("aria-label", text.shortfalls_level);
    function isOneUnit(level) {
      var units = short.unit.filter(function (unit, row) { return short.level[row] === level; });
      return units.every(function (unit) { return unit === units[0]; });
    }
    function fillList() {
      list.replaceChildren();
      page.shortfallButtons = [];
      short.rank.forEach(function (rank, row) {
        if (short.level[row] !== select.value) return;
        var unit = isOneUnit(select.value) ? "" : " · " + short.unit[row];
        var item = listButton(page.shortfallName(row) + unit,
          priorityMark(short.classes[short.class[row]].colour),
          short.people[row] === null ? text.unknown
            : fill(text.people_value, { count: people(short.people[row]) }),
          function () { page.openShortfall(row); });
        page.shortfallButtons.push({ button: item.firstChild, row: row });
        append(list, item);
      });
    }
    select.addEventListener("change", function () { fillList(); page.chooseShortfall(-1); });
    if (levels.length > 1) append(section, append(element("label", "lc-row lc-choose lc-screen"),
      element("span", "lc-label", text.shortfalls_level), select));
    fillList();
    this.shortfallsLegend = element("div", "lc-legend lc-indented");
    append(section, list, this.shortfallsLegend);
    this.drawShortfallsLegend();
    return section;
  };

  Page.prototype.drawShortfallsLegend = function () {
    var short = this.data.shortfalls, text = this.words, legend = this.shortfallsLegend;
    var row = this.shortfall;
    legend.replaceChildren();
    function classes(title, all, className) {
      append(legend, element("p", "lc-heading lc-left", title));
      all.forEach(function (one) {
        append(legend, append(element("div", "lc-row"), className
          ? pieces.swatch(className, one.colour) : priorityMark(one.colour), element("span", "lc-label", one.label)));
      });
    }
    if (row >= 0) {
      append(legend, element("p", "lc-heading lc-left lc-strong", this.shortfallName(row)));
      classes(text.people_short_cell, short.short_classes, "lc-square");
    }
    classes(text.priority, short.classes, "");
    if (row >= 0) append(legend, element("p", "lc-note", text.shortfalls_note));
  };

  pieces.listButton = listButton;
})();
