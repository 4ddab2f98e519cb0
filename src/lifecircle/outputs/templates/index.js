/*
 * The overview of a batch: counts, a map, a table of units and one of districts, which know of each
 * other. Everything that is shown is set as text.
 */
(function () {
  "use strict";

  var pieces = window.lifecircleOverviewPieces, maps = window.lifecircleOverviewMap;
  var SortedTable = window.lifecircleOverviewTable;
  var element = pieces.element, fill = pieces.fill;
  var ROWS = 100, PRINTED_ROWS = 1000, PRINT_SIZE = ["660px", "420px"];

  function addList(place, lines) {
    var list = place.appendChild(element("ul"));
    lines.forEach(function (one) { list.appendChild(element("li", "", one)); });
  }

  function Page(data) {
    var page = this;
    this.data = data;
    this.words = data.words;
    this.rows = data.ids.map(function (_, row) { return row; });
    this.matches = this.rows.map(function () { return true; });
    this.byKey = {};
    data.figures.forEach(function (figure) { page.byKey[figure.key] = figure; });
    this.figure = this.byKey[data.chosen] || data.figures[0];
    this.chosen = null;
    this.filters = { text: "", district: -1, level: -1 };
    this.folded = data.names.map(function (name, row) {
      return (name + "\n" + data.ids[row]).toLowerCase();
    });
  }

  Page.prototype.start = function () {
    this.showHead();
    this.map = null;
    this.side = document.getElementById("ov-side");
    this.addChooser();
    this.legend = this.side.appendChild(element("div", "ov-legend"));
    this.card = this.side.appendChild(element("div", "ov-card"));
    this.findParents();
    this.map = new maps.UnitMap(this, document.getElementById("ov-map"));
    this.addUnits();
    this.addDistricts();
    this.showLegend();
    this.showCard();
    this.showFoot();
    this.map.showNames();
    this.addPrinting();
  };

  // ---- above and below

  Page.prototype.showHead = function () {
    var data = this.data, words = this.words, head = document.getElementById("ov-head");
    var titles = head.appendChild(element("div", "ov-titles"));
    titles.appendChild(element("h1", "", data.title));
    titles.appendChild(element("p", "", data.subtitle));
    if (data.sample) head.appendChild(element("div", "ov-sample", data.sample));
    var counts = head.appendChild(element("dl", "ov-counts"));
    data.counts.forEach(function (pair) {
      var box = counts.appendChild(element("div"));
      box.appendChild(element("dt", "", pair[0]));
      box.appendChild(element("dd", "",
        pair[1] === null ? words.value_unknown : pieces.grouped(pair[1], 0)));
    });
    var files = head.appendChild(element("p", "ov-files"));
    files.appendChild(element("span", "", words.files_link));
    ["summary.xlsx", "summary.csv", "summary.gpkg"].forEach(function (name) {
      files.appendChild(pieces.link([name], name));
    });
    if (data.has_errors) {
      var errors = pieces.link(["errors.csv"], words.errors_link);
      errors.classList.add("ov-errors");
      files.appendChild(errors);
    }
    if (data.doubts.length) {
      var doubts = head.appendChild(element("div", "ov-doubts"));
      doubts.appendChild(element("strong", "", words.doubts));
      addList(doubts, data.doubts);
    }
    if (data.notes.length) {
      var notes = head.appendChild(element("details", "ov-notes"));
      notes.appendChild(element("summary", "", fill(words.notes, { count: data.notes.length })));
      addList(notes, data.notes);
    }
  };

  Page.prototype.showFoot = function () {
    var foot = document.getElementById("ov-foot"), data = this.data;
    [data.sources, data.review_number, this.words.note_unknown, data.made_with]
      .forEach(function (one) { if (one) foot.appendChild(element("span", "", one)); });
  };

  // ---- figures

  Page.prototype.addChooser = function () {
    var page = this, data = this.data, group = null, last = null;
    var label = this.side.appendChild(element("label", "ov-choose"));
    label.appendChild(element("span", "", this.words.figure));
    var select = label.appendChild(element("select", "ov-figure-select"));
    data.figures.forEach(function (figure) {
      if (figure.group !== last) {
        last = figure.group;
        group = select.appendChild(element("optgroup"));
        group.label = figure.group;
      }
      var option = group.appendChild(element("option", "", figure.label));
      option.value = figure.key;
    });
    select.value = this.figure.key;
    select.addEventListener("change", function () { page.show(select.value); });
    if (data.left) {
      this.side.appendChild(element("p", "ov-note",
        fill(this.words.figures_left, { count: data.left })));
    }
  };

  Page.prototype.show = function (key) {
    this.figure = this.byKey[key];
    this.map.paint();
    this.showLegend();
    this.showCard();
    this.units.setColumns(this.unitColumns());
    if (this.districts) this.districts.setColumns(this.districtColumns());
  };

  Page.prototype.scale = function (figure) { return this.data.scales[figure.scale]; };

  Page.prototype.text = function (figure, row) {
    if (this.data.failed[row]) return this.words.value_failed;
    return pieces.valueText(figure.kind, figure.values[row], this.words);
  };

  Page.prototype.look = function (row) {
    if (this.data.failed[row]) return maps.FAILED;
    var figure = this.figure;
    var found = pieces.classOf(figure.kind, figure.values[row], this.scale(figure));
    return found ? maps.known(found.colour) : maps.UNKNOWN;
  };

  // A unit that holds others in its middle shows no name across theirs.
  Page.prototype.findParents = function () {
    var data = this.data;
    this.holdsOthers = this.rows.map(function () { return false; });
    if (data.levels.length < 2 || data.ids.length > 2000) return;
    var boxes = data.shapes.map(function (shape) {
      if (!shape) return null;
      var x = shape[0][0][0], y = shape[0][0][1], box = [x, y, x, y], steps = shape[0][0];
      for (var i = 2; i < steps.length; i += 2) {
        x += steps[i];
        y += steps[i + 1];
        box = [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)];
      }
      return box;
    });
    for (var one = 0; one < boxes.length; one += 1) {
      for (var other = 0; other < boxes.length; other += 1) {
        var a = boxes[one], b = boxes[other];
        if (!a || !b || data.level[one] === data.level[other]) continue;
        if (a[0] <= b[0] + 5 && a[1] <= b[1] + 5 && a[2] >= b[2] - 5 && a[3] >= b[3] - 5
            && (a[2] - a[0]) * (a[3] - a[1]) > 1.5 * (b[2] - b[0]) * (b[3] - b[1])) {
          this.holdsOthers[one] = true;
        }
      }
    }
  };

  Page.prototype.showLegend = function () {
    var page = this, figure = this.figure, words = this.words, box = this.legend;
    var counts = {}, unknown = 0, failed = 0, nobody = 0;
    this.rows.forEach(function (row) {
      if (!page.matches[row]) return;
      if (page.data.failed[row]) { failed += 1; return; }
      var value = figure.values[row];
      var found = pieces.classOf(figure.kind, value, page.scale(figure));
      if (found) counts[found.label] = (counts[found.label] || 0) + 1;
      else if (value === pieces.NOBODY) nobody += 1;
      else unknown += 1;
    });
    box.textContent = "";
    box.appendChild(element("h2", "", figure.label));
    box.appendChild(element("p", "ov-unit", figure.unit));
    var list = box.appendChild(element("ul"));
    function line(look, text, count) {
      var item = list.appendChild(element("li"));
      item.appendChild(maps.swatch(look));
      item.appendChild(element("span", "ov-class", text));
      item.appendChild(element("span", "ov-many", pieces.grouped(count, 0)));
    }
    var scale = this.scale(figure).slice();
    if (figure.kind !== "minutes") scale.reverse();
    scale.forEach(function (one) { line(maps.known(one.colour), one.label, counts[one.label] || 0); });
    if (nobody) line(maps.UNKNOWN, pieces.nobodyText(figure.kind, words), nobody);
    line(maps.UNKNOWN, words.value_unknown, unknown);
    if (failed) line(maps.FAILED, words.value_failed, failed);
    box.appendChild(element("p", "ov-note",
      figure.kind === "minutes" ? words.class_high : words.class_low));
  };

  Page.prototype.failedText = function (row) {
    return this.words.value_failed + this.words.colon + this.data.reasons[row];
  };

  // What is said of a unit under the pointer.
  Page.prototype.hint = function (row) {
    var box = element("div", "ov-hint");
    box.appendChild(element("strong", "", this.data.names[row]));
    box.appendChild(element("div", "", this.data.failed[row]
      ? this.failedText(row)
      : this.figure.label + " " + this.text(this.figure, row)));
    return box;
  };

  // ---- the unit that is chosen

  Page.prototype.select = function (row, from) {
    this.chosen = row;
    this.map.select(row, from !== "map");
    this.units.choose(row, from === "map");
    this.showCard();
  };

  Page.prototype.showCard = function () {
    var page = this, data = this.data, words = this.words, row = this.chosen, box = this.card;
    box.textContent = "";
    if (row === null) {
      box.appendChild(element("p", "ov-note ov-screen", words.select_hint));
      return;
    }
    box.appendChild(element("h2", "", data.names[row]));
    box.appendChild(this.links(row));
    var facts = box.appendChild(element("table"));
    function fact(name, value) {
      var line = facts.insertRow();
      line.appendChild(element("th", "", name));
      line.appendChild(element("td", "", value));
    }
    if (data.ids[row] !== data.names[row]) fact("ID", data.ids[row]);
    if (data.levels[data.level[row]]) fact(words.col_level, data.levels[data.level[row]]);
    if (data.has_districts && data.district_names[data.district[row]]) {
      fact(words.col_district, data.district_names[data.district[row]]);
    }
    if (data.failed[row]) {
      fact(words.value_failed, data.reasons[row]);
    } else {
      var keys = [this.figure.key].concat(data.columns.filter(function (key) {
        return key !== page.figure.key;
      }));
      keys.forEach(function (key) {
        var figure = page.byKey[key];
        if (figure) fact(figure.label, page.text(figure, row));
      });
      fact(words.col_first, this.firstText(row));
    }
    if (!data.shapes[row]) box.appendChild(element("p", "ov-note", words.no_shape));
  };

  Page.prototype.firstText = function (row) {
    var data = this.data, service = data.services[data.first[row]];
    if (data.failed[row]) return "";
    if (data.first_people[row] === null || !service) return this.words.first_none;
    return fill(this.words.first_people,
      { service: service, people: pieces.grouped(data.first_people[row], 0) });
  };

  Page.prototype.links = function (row) {
    var data = this.data, words = this.words, box = element("span", "ov-links");
    data.files.forEach(function (name, bit) {
      if (!(data.has[row] & (1 << bit)) || !data.folders[row]) return;
      var made = pieces.link(["units", data.folders[row], name],
        words[name === "map.html" ? "file_map" : "file_" + name]);
      if (made) box.appendChild(made);
    });
    return box;
  };

  // ---- the table of units

  Page.prototype.numberColumn = function (key, label) {
    var page = this, figure = this.byKey[key];
    return {
      key: key, label: label, isNumber: true, isChosen: key === this.figure.key,
      order: function (row) {
        return page.data.failed[row] ? null : pieces.order(figure.values[row]);
      },
      fill: function (cell, row) {
        cell.textContent = page.data.failed[row] && key !== page.figure.key
          ? "—" : page.text(figure, row);
        if (pieces.order(figure.values[row]) === null) cell.classList.add("ov-none");
      },
    };
  };

  Page.prototype.unitColumns = function () {
    var page = this, data = this.data, words = this.words;
    function text(key, label, value) {
      return { key: key, label: label, isNumber: false, order: value,
        fill: function (cell, row) { cell.textContent = value(row); } };
    }
    var columns = [{
      key: "name", label: words.col_name, isNumber: false,
      order: function (row) { return data.names[row]; },
      fill: function (cell, row) {
        var button = element("button", "ov-name-button", data.names[row]);
        button.type = "button";
        cell.appendChild(button);
        if (data.failed[row]) cell.appendChild(element("span", "ov-badge", words.value_failed));
      },
    }];
    if (data.levels.length > 1) {
      columns.push(text("level", words.col_level, function (row) {
        return data.levels[data.level[row]];
      }));
    }
    if (data.has_districts) {
      columns.push(text("district", words.col_district, function (row) {
        return data.district_names[data.district[row]];
      }));
    }
    var labels = [words.col_people, words.col_met, words.col_not_met, words.col_unknown];
    if (data.columns.length > 4) {
      labels.splice(1, 0, fill(words.col_completeness, { minutes: data.completeness_minutes }));
    }
    var keys = data.columns.slice();
    if (keys.indexOf(this.figure.key) < 0) {
      keys.splice(1, 0, this.figure.key);
      labels.splice(1, 0, this.figure.label);
    }
    keys.forEach(function (key, place) {
      if (page.byKey[key]) columns.push(page.numberColumn(key, labels[place]));
    });
    columns.push({
      key: "first", label: words.col_first, isNumber: false, isDown: true,
      order: function (row) { return data.failed[row] ? null : data.first_people[row]; },
      fill: function (cell, row) {
        cell.textContent = data.failed[row] ? page.failedText(row) : page.firstText(row);
      },
    });
    columns.push({
      key: "links", label: words.col_links, isNumber: false, order: null,
      fill: function (cell, row) { cell.appendChild(page.links(row)); },
    });
    return columns;
  };

  Page.prototype.addUnits = function () {
    var page = this, place = document.getElementById("ov-units");
    place.appendChild(element("h2", "", this.words.table_units));
    this.addFilters(place);
    this.units = new SortedTable(place, {
      rows: this.rows, columns: this.unitColumns(), size: ROWS, words: this.words,
      label: this.words.table_units, select: function (row) { page.select(row, "table"); },
    });
    this.printNote = place.appendChild(element("p", "ov-note ov-paper"));
  };

  Page.prototype.addFilters = function (place) {
    var page = this, data = this.data, words = this.words;
    var box = place.appendChild(element("div", "ov-filters ov-screen"));
    this.search = box.appendChild(element("input", "ov-search"));
    this.search.type = "search";
    this.search.placeholder = words.filter;
    this.search.setAttribute("aria-label", words.filter);
    this.search.addEventListener("input", function () {
      page.filters.text = page.search.value.trim().toLowerCase();
      page.filter();
    });
    function choice(name, key, all, names) {
      if (names.length < 2) return null;
      var select = box.appendChild(element("select", "ov-" + name));
      select.setAttribute("aria-label", all);
      select.appendChild(element("option", "", all)).value = "-1";
      names.forEach(function (one, place) {
        select.appendChild(element("option", "", one || words.no_district)).value = String(place);
      });
      select.addEventListener("change", function () {
        page.filters[key] = Number(select.value);
        page.filter();
      });
      return select;
    }
    this.byDistrict = choice("by-district", "district", words.all_districts, data.district_names);
    this.byLevel = choice("by-level", "level", words.all_levels, data.levels);
    var clear = box.appendChild(element("button", "ov-button", words.clear));
    clear.type = "button";
    clear.addEventListener("click", function () {
      page.search.value = "";
      page.filters = { text: "", district: -1, level: -1 };
      if (page.byDistrict) page.byDistrict.value = "-1";
      if (page.byLevel) page.byLevel.value = "-1";
      page.filter();
    });
  };

  Page.prototype.filter = function () {
    var page = this, data = this.data, wanted = this.filters;
    this.matches = this.rows.map(function (row) {
      return (wanted.district < 0 || data.district[row] === wanted.district)
        && (wanted.level < 0 || data.level[row] === wanted.level)
        && (!wanted.text || page.folded[row].indexOf(wanted.text) >= 0);
    });
    this.units.setRows(this.rows.filter(function (row) { return page.matches[row]; }));
    this.map.paint();
    this.showLegend();
  };

  // ---- the table of districts

  Page.prototype.districtColumns = function () {
    var page = this, data = this.data, words = this.words, listed = data.districts;
    function number(key, label, value) {
      return { key: key, label: label, isNumber: true, order: value,
        fill: function (cell, row) { cell.textContent = pieces.grouped(value(row), 0); } };
    }
    function figured(key, label) {
      var figure = page.byKey[key];
      return {
        key: key, label: label, isNumber: true, isChosen: key === page.figure.key,
        order: function (row) { return pieces.order(figure.districts[row]); },
        fill: function (cell, row) {
          var value = figure.districts[row], lost = figure.lost && figure.lost[row];
          cell.textContent = pieces.valueText(figure.kind, value, words)
            + (key === "people" && listed[row].overlapping ? words.overlap : "");
          if (value === null && lost) {
            cell.appendChild(element("span", "ov-lost", fill(words.unknown_units, { count: lost })));
          }
          if (pieces.order(value) === null) cell.classList.add("ov-none");
        },
      };
    }
    var columns = [
      { key: "district", label: words.col_district, isNumber: false,
        order: function (row) { return listed[row].name; },
        fill: function (cell, row) {
          var button = element("button", "ov-name-button", listed[row].name || words.no_district);
          button.type = "button";
          cell.appendChild(button);
        } },
      number("units", words.col_units, function (row) { return listed[row].units; }),
      number("failed", words.col_failed, function (row) { return listed[row].failed; }),
    ];
    var mean = data.columns.length > 4 ? data.columns[1] : null, keys = ["people", mean];
    if (keys.indexOf(this.figure.key) < 0) keys.push(this.figure.key);
    keys.forEach(function (key) {
      var figure = key && page.byKey[key];
      if (!figure || !figure.districts) return;
      columns.push(figured(key, key === "people" ? words.col_people : figure.label));
    });
    columns.push({
      key: "links", label: words.col_links, isNumber: false, order: null,
      fill: function (cell, row) {
        listed[row].files.forEach(function (parts) {
          var name = parts[parts.length - 1].split(".").pop();
          var made = pieces.link(parts, words["file_report." + name] || name);
          if (made) cell.appendChild(made);
        });
      },
    });
    return columns;
  };

  Page.prototype.addDistricts = function () {
    var page = this, listed = this.data.districts;
    if (!listed.length) return;
    var place = document.getElementById("ov-districts");
    place.appendChild(element("h2", "", this.words.table_districts));
    this.districts = new SortedTable(place, {
      rows: listed.map(function (_, row) { return row; }), columns: this.districtColumns(),
      size: listed.length, words: this.words, isShort: true, label: this.words.table_districts,
      select: function (row) { page.choose(row); },
    });
  };

  // The units of one district alone; of all if it was chosen already.
  Page.prototype.choose = function (row) {
    if (!this.byDistrict) return;
    var place = this.data.district_names.indexOf(this.data.districts[row].name);
    this.filters.district = this.filters.district === place ? -1 : place;
    this.byDistrict.value = String(this.filters.district);
    this.districts.choose(this.filters.district < 0 ? null : row, false);
    this.filter();
  };

  // ---- on paper

  Page.prototype.addPrinting = function () {
    var page = this, place = document.getElementById("ov-map");
    window.addEventListener("beforeprint", function () {
      var bounds = page.map.map.getBounds(), count = page.units.rows.length;
      page.before = { bounds: bounds, first: page.units.first };
      place.style.width = PRINT_SIZE[0];
      place.style.height = PRINT_SIZE[1];
      page.map.map.invalidateSize({ animate: false });
      page.map.map.fitBounds(page.data.bounds, { animate: false });
      page.units.first = 0;
      page.units.size = PRINTED_ROWS;
      page.units.show();
      page.printNote.textContent = count > PRINTED_ROWS ? fill(page.words.print_rows,
        { shown: pieces.grouped(PRINTED_ROWS, 0), count: pieces.grouped(count, 0) }) : "";
    });
    window.addEventListener("afterprint", function () {
      place.style.width = place.style.height = "";
      page.map.map.invalidateSize({ animate: false });
      if (page.before) page.map.map.fitBounds(page.before.bounds, { animate: false });
      page.units.size = ROWS;
      page.units.first = page.before ? page.before.first : 0;
      page.units.show();
    });
  };

  window.lifecircleOverview = function (data) {
    var page = new Page(window.lifecircleUnpacked(data));
    page.start();
    window.lifecircleOverviewPage = page;
  };
})();
