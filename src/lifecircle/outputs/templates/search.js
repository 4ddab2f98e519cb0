/*
 * One box to find anything by its name or id. Names are compared folded: small letters, full-width
 * forms as plain ones.
 */
(function () {
  "use strict";

  var pieces = window.lifecirclePieces, Page = pieces.Page;
  var fill = pieces.fill;
  var element = pieces.element;
  var append = pieces.append;
  var MOST_FOUND = 40;

  function folded(text) {
    var one = String(text);
    return (one.normalize ? one.normalize("NFKC") : one).toLowerCase();
  }

  // What can be found: what is compared, its name, its kind, and how to go there.
  Page.prototype.searchEntries = function () {
    var page = this, data = this.data, text = this.words, entries = [];
    function add(kind, name, more, go) {
      if (!name && !more) return;
      entries.push({ folded: folded(name + "\n" + more), name: name || more, kind: kind, go: go });
    }
    (data.units || []).forEach(function (unit, row) {
      add(text.kind_unit, unit.name, unit.id, function () { page.openUnit(row); });
    });
    var short = data.shortfalls;
    if (short) short.title.forEach(function (title, row) {
      add(text.kind_shortfall, page.shortfallName(row) + (short.unit[row] ? " · " +
        short.unit[row] : ""), "", function () { page.openShortfall(row); });
    });
    (data.marks || []).forEach(function (marks) {
      var id = marks.labels.indexOf(text.project_id);
      marks.titles.forEach(function (title, row) {
        add(marks.title, title, id < 0 ? "" : marks.values[id][row], function () {
          page.goTo(marks.key, row);
        });
      });
    });
    var facilities = data.facilities;
    if (facilities) facilities.name.forEach(function (name, row) {
      var service = facilities.services[facilities.service[row]];
      var more = (name ? service : "") + "\n" + (facilities.id[row] || "");
      add(service || text.kind_facility, name || service, more, function () {
        page.goTo("facilities", row);
      });
    });
    var gates = data.gates;
    if (gates) gates.id.forEach(function (id, row) {
      add(text.kind_gate, gates.name[row] || id, id, function () { page.goTo("gates", row); });
    });
    (data.street_names || []).forEach(function (name) {
      add(text.kind_street, name.text, "", function () { page.goToPlace(pieces.onMap(name.at)); });
    });
    (data.street_places || []).forEach(function (street) {
      add(text.kind_street, street[0], "", function () {
        page.goToPlace(pieces.onMap([street[1], street[2]]));
      });
    });
    if (data.residents) data.residents.id.forEach(function (id, row) {
      add(text.kind_resident, id, "", function () { page.goTo("residents", row); });
    });
    return entries;
  };

  // Those that begin with what is looked for come first; count tells how many there are.
  Page.prototype.find = function (query) {
    var wanted = folded(query).trim(), first = [], others = [], count = 0;
    if (!this.entries) this.entries = this.searchEntries();
    if (!wanted) return { shown: [], count: 0 };
    this.entries.forEach(function (entry) {
      var at = entry.folded.indexOf(wanted);
      if (at < 0) return;
      count += 1;
      if (at === 0) {
        if (first.length < MOST_FOUND) first.push(entry);
      } else if (others.length < MOST_FOUND) others.push(entry);
    });
    return { shown: first.concat(others).slice(0, MOST_FOUND), count: count };
  };

  Page.prototype.goTo = function (kind, row) {
    var one = this.rows[kind][row];
    this.moved = true;
    this.show(this.layerOf(kind, row), true);
    this.map.closePopup();
    var at = one.getLatLng ? one.getLatLng() : one.getBounds().getCenter();
    this.map.setView(at, Math.max(this.map.getZoom(), 16.5), { animate: false });
    one.fire("click", { latlng: at }, true);
  };

  Page.prototype.goToPlace = function (at) {
    this.moved = true;
    this.map.setView(at, Math.max(this.map.getZoom(), 16), { animate: false });
  };

  Page.prototype.searchBox = function () {
    var page = this, text = this.words, box = element("div", "lc-find");
    var input = element("input", "lc-find-input"), list = element("ul", "lc-found");
    var chosen = -1, shown = [];
    input.type = "search";
    input.placeholder = text.search;
    input.autocomplete = "off";
    input.spellcheck = false;
    list.id = "lifecircle-found";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    [["role", "combobox"], ["aria-label", text.search_label], ["aria-expanded", "false"],
      ["aria-autocomplete", "list"], ["aria-controls", list.id]].forEach(function (pair) {
      input.setAttribute(pair[0], pair[1]);
    });

    function close() {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function go(at) {
      var entry = shown[at];
      if (!entry) return;
      close();
      entry.go();
    }

    function choose(at) {
      if (!shown.length) return;
      chosen = (at + shown.length) % shown.length;
      Array.prototype.forEach.call(list.children, function (item, position) {
        item.setAttribute("aria-selected", String(position === chosen));
      });
      input.setAttribute("aria-activedescendant", list.children[chosen].id);
      list.children[chosen].scrollIntoView({ block: "nearest" });
    }

    function look() {
      var found = page.find(input.value);
      shown = found.shown;
      chosen = -1;
      list.replaceChildren();
      shown.forEach(function (entry, at) {
        var item = append(element("li", "lc-found-one"), element("span", "lc-label", entry.name),
          element("span", "lc-count", entry.kind));
        item.id = "lifecircle-found-" + at;
        item.title = entry.name;
        item.setAttribute("role", "option");
        item.addEventListener("mousedown", function (event) { event.preventDefault(); go(at); });
        append(list, item);
      });
      if (found.count > shown.length) append(list, element("li", "lc-found-more",
        fill(text.search_more, { count: pieces.people(found.count - shown.length) })));
      if (!found.count) append(list, element("li", "lc-found-more", text.search_none));
      list.hidden = !input.value.trim();
      input.setAttribute("aria-expanded", String(!list.hidden));
    }

    input.addEventListener("input", look);
    input.addEventListener("focus", function () { if (input.value.trim()) look(); });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", function (event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) look();
        choose(event.key === "ArrowDown" ? chosen + 1 : chosen < 0 ? -1 : chosen - 1);
      } else if (event.key === "Enter") go(Math.max(chosen, 0));
      else if (event.key === "Escape") close();
    });
    return append(box, input, list);
  };
})();
