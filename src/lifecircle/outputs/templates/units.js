/*
 * Units: their outlines, their cards, and the list by which each of them can be found. A unit that
 * is filled by its children cannot be clicked on the map; its name and the list lead to it.
 */
(function () {
  "use strict";

  var pieces = window.lifecirclePieces, Page = pieces.Page;
  var fill = pieces.fill;
  var element = pieces.element;
  var append = pieces.append;
  var people = pieces.people;
  var card = pieces.card;
  var MOST_LISTED = 200;

  Page.prototype.drawUnits = function () {
    var page = this, units = this.data.units || [];
    if (!units.length) return;
    var group = L.featureGroup(), casings = [], lines = [], parentLines = [];
    units.forEach(function (unit, index) {
      var rings = pieces.unpackPolygons(unit.polygons), nameAt = pieces.onMap(unit.name_at);
      function outline(colour, weight) {
        return L.polygon(rings, { color: colour, weight: weight, fill: false, interactive: false,
          lineJoin: "round", renderer: page.outlineCanvas, pane: "lifecircle-outlines" });
      }
      casings.push(outline("#ffffff", unit.is_parent ? 6 : 4));
      if (unit.is_parent) parentLines.push(outline("#222222", 2.8));
      else lines.push(outline("#333333", 1.4));
      var area = L.polygon(rings, { stroke: false, fill: true, fillOpacity: 0,
        renderer: page.canvas });
      area.bindPopup(function () { return page.unitCard(unit); }, page.popupOptions(400));
      // Nothing else tells whose card is open where one unit lies over another.
      var mark = outline("#0b5cad", 4);
      area.on("popupopen", function () { page.map.addLayer(mark); });
      area.on("popupclose", function () { page.map.removeLayer(mark); });
      page.rows.units.push(area.addTo(group));
      if (unit.is_parent) {
        var label = page.addName(unit.name, nameAt, "lc-unit-name lc-parent-name", 0, 0);
        L.DomEvent.disableClickPropagation(label);
        label.addEventListener("click", function () { page.openUnit(index); });
      } else page.addName(unit.name, nameAt, "lc-unit-name", 0, 0);
    });
    casings.concat(lines, parentLines).forEach(function (one) { group.addLayer(one); });
    this.layers.units = group.addTo(this.map);
  };

  Page.prototype.openUnit = function (index) {
    var area = this.rows.units[index];
    this.moved = true;
    this.show("units", true);
    this.map.closePopup();
    this.map.fitBounds(area.getBounds(), { padding: [30, 30], maxZoom: 17, animate: false });
    area.openPopup(pieces.onMap(this.data.units[index].at));
  };

  Page.prototype.unitButton = function (index) {
    var page = this, unit = this.data.units[index];
    var button = element("button", "lc-unit", unit.name);
    button.type = "button";
    button.title = unit.id;
    button.addEventListener("click", function () { page.openUnit(index); });
    return button;
  };

  Page.prototype.unitCard = function (unit) {
    var text = this.words, kind = text.unit + (unit.id === unit.name ? "" : " " + unit.id);
    var node = card(unit.name, kind, unit.facts);
    if (unit.parent !== null) {
      var above = append(element("p", "lc-kind"), element("span", "", text.part_of + " "),
        this.unitButton(unit.parent));
      node.insertBefore(above, node.childNodes[2] || null);
    }
    if (unit.remark) append(node, element("p", "lc-kind", unit.remark));
    if (!unit.coverage.length) return node;
    append(node, element("h4", "", this.data.coverage_title ||
      fill(text.coverage, { minutes: this.data.minutes })));
    var table = element("table", "lc-coverage"), head = element("tr");
    (this.data.coverage_heads || [text.service, text.coverage_walker, text.coverage_people,
      text.coverage_share]).forEach(
      function (label) { append(head, element("th", "", label)); }
    );
    append(table, append(element("thead"), head));
    var body = append(table, element("tbody")).lastChild;
    unit.coverage.forEach(function (cells) {
      var row = append(body, element("tr")).lastChild;
      cells.forEach(function (cell) { append(row, element("td", "", cell)); });
    });
    return append(node, table);
  };

  // ---- the list in the panel ----

  Page.prototype.unitsSection = function () {
    var page = this, units = this.data.units || [], text = this.words;
    if (!units.length) return null;
    var inOrder = units.map(function (unit, index) { return index; }).sort(function (a, b) {
      return units[a].place - units[b].place;
    });
    var section = this.section(fill(text.units_list, { count: people(units.length) }));
    section.classList.add("lc-screen");
    var list = element("ul", "lc-units"), note = element("p", "lc-note");
    function fillList(shown, count) {
      list.replaceChildren();
      shown.forEach(function (index) {
        var row = append(element("li"), page.unitButton(index));
        row.style.paddingLeft = Math.min(units[index].depth, 5) * 14 + "px";
        append(list, row);
      });
      note.textContent = count === 0 ? text.units_none : shown.length === count ? ""
        : fill(text.units_some, { shown: people(shown.length), count: people(count) });
    }
    function found(query) {
      var wanted = query.trim().toLowerCase();
      var fitting = wanted ? inOrder.filter(function (index) {
        var unit = units[index];
        return (unit.name + "\n" + unit.id).toLowerCase().indexOf(wanted) >= 0;
      }) : inOrder;
      fillList(wanted ? fitting.slice(0, MOST_LISTED) : upperLevels(units, inOrder),
        fitting.length);
    }
    if (units.length > MOST_LISTED) {
      var search = element("input", "lc-search");
      search.type = "search";
      search.placeholder = text.units_search;
      search.setAttribute("aria-label", text.units_search);
      search.addEventListener("input", function () { found(search.value); });
      append(section, search);
    }
    found("");
    return append(section, list, note);
  };

  // As many levels, from the top, as the list can hold.
  function upperLevels(units, inOrder) {
    var shown = [];
    for (var depth = 0; shown.length < inOrder.length; depth += 1) {
      var deeper = inOrder.filter(function (index) { return units[index].depth <= depth; });
      if (deeper.length > MOST_LISTED) return shown.length ? shown : deeper.slice(0, MOST_LISTED);
      shown = deeper;
    }
    return shown;
  }
})();
