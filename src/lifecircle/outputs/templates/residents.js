/*
 * Residents: a square each, or hexagons of many; coloured by the services within reach or by the
 * minutes to the nearest of a service or of a group.
 */
(function () {
  "use strict";

  var pieces = window.lifecirclePieces, Page = pieces.Page;
  var fill = pieces.fill;
  var element = pieces.element;
  var append = pieces.append;
  var people = pieces.people;
  var UNKNOWN_COLOUR = pieces.UNKNOWN_COLOUR;

  // Residents are squares, which no facility is.
  L.Canvas.include({
    _updateLifecircleSquare: function (layer) {
      if (!this._drawing || layer._empty()) return;
      var half = layer._radius, at = layer._point;
      this._ctx.beginPath();
      this._ctx.rect(at.x - half, at.y - half, 2 * half, 2 * half);
      this._fillStroke(this._ctx, layer);
    }
  });
  var Square = L.CircleMarker.extend({
    _updatePath: function () {
      if (!this.options.isUnseen) this._renderer._updateLifecircleSquare(this);
    }
  });
  var Cell = L.Polygon.extend({
    _updatePath: function () {
      if (!this.options.isUnseen) L.Polygon.prototype._updatePath.call(this);
    }
  });

  // One layer of squares or hexagons. Those that are not seen are there to be clicked.
  Page.prototype.residentShapes = function (look) {
    var residents = this.data.residents, cells = residents.cells, corners = [];
    if (cells) for (var i = 0; i < cells.corners.length; i += 2) {
      corners.push([cells.corners[i + 1] / 1e6, cells.corners[i] / 1e6]);
    }
    return pieces.unpackLine(residents.points).map(function (at, row) {
      var shape = cells
        ? new Cell(corners.map(function (corner) {
          return [at[0] + corner[0], at[1] + corner[1]];
        }), L.extend({ weight: 0.4, color: "#5c4a3a", fillOpacity: 0.94, smoothFactor: 0 }, look))
        : new Square(at, L.extend({ radius: 3, weight: 0.5, color: "#5c4a3a", fillOpacity: 1 },
          look));
      shape.lifecircleRow = row;
      return shape;
    });
  };

  Page.prototype.drawResidents = function () {
    var page = this, residents = this.data.residents;
    if (!residents) return;
    this.colouredBy = "";
    // Before and after stand in panes of their own; one unseen layer of them is clicked.
    this.rows.residents = this.residentShapes({ renderer: this.canvas,
      isUnseen: Boolean(residents.before) });
    this.residentSides = residents.before ? this.sideLayers() : [
      { rows: this.rows.residents, figures: residents }];
    var group = L.featureGroup(this.rows.residents);
    group.bindPopup(function (shape) { return page.residentCard(shape.lifecircleRow); },
      this.popupOptions(340));
    this.layers.residents = residents.before ? L.layerGroup([group].concat(
      this.residentSides.map(function (side) { return L.layerGroup(side.rows); }))) : group;
    this.layers.residents.addTo(this.map);
    this.colourResidents();
    // Hexagons would hide whose they are.
    if (residents.cells) this.map.getPane("lifecircle-outlines").style.zIndex = 420;
    else this.onZoom(function (zoom) {
      var half = zoom < 14 ? 1.5 : zoom < 15 ? 2 : zoom < 16 ? 2.7 : zoom < 17 ? 4 : 6;
      page.residentSides.concat([{ rows: page.rows.residents }]).forEach(function (side) {
        side.rows.forEach(function (square) { square.setRadius(half); });
      });
    });
  };

  // "" for the number of services, "service/3" or "group/1" for minutes to the nearest.
  Page.prototype.colourResidents = function () {
    var page = this, key = this.colouredBy;
    this.residentSides.forEach(function (side) {
      var minutes = key ? page.minutesBy(side.figures, key) : null;
      side.rows.forEach(function (shape, row) {
        shape.setStyle({ fillColor: key ? page.minutesColour(side.figures, minutes, row)
          : page.completenessColour(side.figures.completeness[row]) });
      });
    });
    if (this.residentsLegend) this.drawResidentsLegend();
    if (this.residentsSelect) this.residentsSelect.value = key;
  };

  Page.prototype.minutesBy = function (figures, key) {
    var at = key.split("/"), residents = this.data.residents;
    if (at[0] === "service") return figures.nearest[at[1]];
    if (residents.cells) return figures.group_nearest[at[1]];
    var columns = residents.groups[at[1]].columns.map(function (column) {
      return figures.nearest[column];
    }).filter(Boolean);
    if (!columns.length) return null;
    return columns[0].map(function (first, row) {
      return columns.reduce(function (least, column) {
        var one = column[row];
        return one === null || (least !== null && least <= one) ? least : one;
      }, null);
    });
  };

  Page.prototype.completenessColour = function (count) {
    var found = UNKNOWN_COLOUR;
    this.data.residents.classes.forEach(function (one) {
      if (count !== null && count >= one.low) found = one.colour;
    });
    return found;
  };

  Page.prototype.isUnmeasured = function (figures, row) {
    if (!figures.unmeasuredRows) {
      figures.unmeasuredRows = {};
      figures.unmeasured.forEach(function (one) { figures.unmeasuredRows[one] = true; });
    }
    return figures.unmeasuredRows[row] === true;
  };

  // Tenths of a minute for each row; none where nothing is known of the service.
  Page.prototype.minutesColour = function (figures, minutes, row) {
    if (!minutes || this.isUnmeasured(figures, row)) return UNKNOWN_COLOUR;
    var classes = this.data.residents.minutes_classes;
    var found = minutes[row] === null ? null : classes.find(function (one) {
      return one.high !== null && minutes[row] <= one.high * 10;
    });
    return (found || classes[classes.length - 1]).colour;
  };

  // ---- cards ----

  Page.prototype.residentCard = function (row) {
    var residents = this.data.residents, cells = residents.cells, text = this.words, facts = [];
    ["people", "elderly", "children"].forEach(function (column) {
      var count = residents[column][row];
      if (count === undefined) return;
      facts.push([text[column],
        count === null ? text.unknown : fill(text.people_value, { count: people(count) })]);
    });
    if (cells) facts.push([text.cell_places,
      fill(text.cell_places_value, { count: people(cells.places[row]) })]);
    this.completenessFacts(row).forEach(function (fact) { facts.push(fact); });
    var node = pieces.card(cells ? cells.title : fill(text.resident, { id: residents.id[row] }),
      "", facts);
    if (residents.before) return append(node, this.bothSidesTable(row));
    var nearest = this.nearestFacts(row);
    if (!nearest.length || residents.completeness[row] === null) return node;
    return append(node, element("h4", "", cells ? text.cell_median : text.nearest),
      pieces.factsTable(nearest));
  };

  Page.prototype.completenessFacts = function (row) {
    var residents = this.data.residents, cells = residents.cells, text = this.words;
    if (!residents.total || residents.before) return [];
    function value(count) {
      return fill(text.completeness_value, { count: cells ? count.toFixed(1) : count,
        total: residents.total });
    }
    var reached = residents.completeness[row];
    var byStandard = residents.completeness_standard[row];
    var facts = [[fill(cells ? text.cell_mean : text.completeness, { minutes: residents.minutes }),
      reached === null ? text.completeness_unknown : value(reached)]];
    if (byStandard !== undefined) facts.push([
      cells ? text.completeness_standard_mean : text.completeness_standard,
      byStandard === null ? text.unknown : value(byStandard)]);
    return facts;
  };

  Page.prototype.minutesText = function (tenths) {
    return tenths === null
      ? fill(this.words.not_reached, { minutes: this.data.residents.minutes })
      : fill(this.words.minutes_value, { minutes: (tenths / 10).toFixed(1) });
  };

  Page.prototype.nearestFacts = function (row) {
    var page = this, residents = this.data.residents;
    return residents.services.map(function (service, column) {
      return residents.nearest[column] ? [service, residents.nearest[column][row]] : null;
    }).filter(Boolean).sort(function (a, b) {
      return (a[1] === null ? Infinity : a[1]) - (b[1] === null ? Infinity : b[1]) || 0;
    }).map(function (one) { return [one[0], page.minutesText(one[1])]; });
  };

  // ---- panel ----

  Page.prototype.residentsSection = function () {
    var page = this, residents = this.data.residents, text = this.words;
    if (!residents) return null;
    var section = this.section(residents.cells ? text.cells : text.residents);
    var row = append(section, this.checkbox("residents", "")).lastChild;
    this.residentsHeading = row.querySelector(".lc-label");
    if (!residents.total) {
      this.residentsHeading.textContent = text.residents_plain;
      return section;
    }
    if (residents.services.length) append(section, this.residentsChoice());
    this.residentsLegend = append(section, element("div", "lc-legend lc-classes")).lastChild;
    this.drawResidentsLegend();
    return append(section, residents.cells ? element("p", "lc-note", residents.cells.note) : null,
      residents.note ? element("p", "lc-note", residents.note) : null);
  };

  Page.prototype.residentsChoice = function () {
    var page = this, residents = this.data.residents, text = this.words;
    var select = element("select", "lc-select");
    function option(parent, value, label) {
      var node = append(parent, element("option", "", label)).lastChild;
      node.value = value;
    }
    option(select, "", text.by_completeness);
    [["group", text.by_groups, residents.groups.map(function (one) { return one.label; })],
      ["service", text.by_services, residents.services]].forEach(function (kind) {
      var list = element("optgroup");
      list.label = kind[1];
      kind[2].forEach(function (label, at) { option(list, kind[0] + "/" + at, label); });
      if (kind[2].length) append(select, list);
    });
    select.setAttribute("aria-label", text.colour_by);
    select.addEventListener("change", function () {
      page.colouredBy = select.value;
      page.colourResidents();
    });
    this.residentsSelect = select;
    return append(element("label", "lc-row lc-choose lc-screen"),
      element("span", "lc-label", text.colour_by), select);
  };

  Page.prototype.drawResidentsLegend = function () {
    var page = this, residents = this.data.residents, text = this.words, key = this.colouredBy;
    var legend = this.residentsLegend, at = key.split("/");
    legend.replaceChildren();
    function add(colour, label, isWide) {
      append(legend, append(element("div", "lc-row" + (isWide ? " lc-wide" : "")),
        pieces.swatch("lc-square", colour), element("span", "lc-label", label)));
    }
    if (!key) {
      this.residentsHeading.textContent = fill(text.residents_legend,
        { minutes: residents.minutes, total: residents.total });
      residents.classes.forEach(function (one) {
        add(one.colour, fill(one.low === one.high ? text.completeness_class_one
          : text.completeness_class, { low: one.low, high: one.high }));
      });
      if (residents.is_any_unknown || (residents.before && residents.before.is_any_unknown)) add(UNKNOWN_COLOUR, text.completeness_unknown, true);
      return;
    }
    this.residentsHeading.textContent = at[0] === "service"
      ? fill(text.minutes_legend, { service: residents.services[at[1]] })
      : fill(text.minutes_legend_group, { service: residents.groups[at[1]].label });
    residents.minutes_classes.forEach(function (one) {
      add(one.colour, fill(one.high === null ? text.beyond : one.low === 0
        ? text.minutes_class_first : text.minutes_class,
        { low: one.low, high: one.high, minutes: residents.minutes }), one.high === null);
    });
    var isAnyUnknown = page.residentSides.some(function (side) {
      return side.figures.unmeasured.length > 0 || !page.minutesBy(side.figures, key);
    });
    if (isAnyUnknown) add(UNKNOWN_COLOUR, text.no_measure, true);
  };
})();
