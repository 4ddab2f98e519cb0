/*
 * A table that sorts by click and by keyboard, shows so many rows at a time, and what is not known
 * last whichever way it is sorted.
 */
(function () {
  "use strict";

  var pieces = window.lifecircleOverviewPieces;

  // columns: key, label, isNumber, order(row) (number or text, null for last), fill(cell, row).
  function SortedTable(place, options) {
    this.options = options;
    this.rows = options.rows.slice();
    this.sorted = null;
    this.isDown = false;
    this.first = 0;
    this.size = options.size;
    this.chosen = null;
    this.collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
    this.box = pieces.element("div", "ov-rows");
    this.table = pieces.element("table");
    this.head = this.table.createTHead();
    this.body = this.table.createTBody();
    this.table.setAttribute("aria-label", options.label);
    this.box.appendChild(this.table);
    place.appendChild(this.box);
    this.pager = pieces.element("div", "ov-pager");
    place.appendChild(this.pager);
    this.setColumns(options.columns);
  }

  SortedTable.prototype.setColumns = function (columns) {
    var table = this, line = document.createElement("tr");
    this.columns = columns;
    columns.forEach(function (column) {
      var cell = pieces.element("th", (column.isNumber ? "ov-number" : "")
        + (column.isChosen ? " ov-figure" : ""));
      cell.scope = "col";
      cell.setAttribute("data-key", column.key);
      if (column.order) {
        var button = pieces.element("button", "", column.label);
        button.type = "button";
        button.title = table.options.words.sort;
        button.addEventListener("click", function () { table.sortBy(column.key); });
        cell.appendChild(button);
      } else {
        cell.textContent = column.label;
        cell.classList.add("ov-plain");
      }
      line.appendChild(cell);
    });
    this.head.textContent = "";
    this.head.appendChild(line);
    if (!columns.some(function (one) { return one.key === table.sorted; })) this.sorted = null;
    this.sort();
    this.show();
  };

  SortedTable.prototype.setRows = function (rows) {
    this.rows = rows.slice();
    this.first = 0;
    this.sort();
    this.show();
  };

  // Numbers begin with the largest, texts with the first; a second click turns them round.
  SortedTable.prototype.sortBy = function (key) {
    var column = this.columns.filter(function (one) { return one.key === key; })[0];
    this.isDown = this.sorted === key ? !this.isDown : column.isNumber || Boolean(column.isDown);
    this.sorted = key;
    this.first = 0;
    this.sort();
    this.show();
  };

  SortedTable.prototype.sort = function () {
    var table = this, sign = this.isDown ? -1 : 1;
    var column = this.columns.filter(function (one) { return one.key === table.sorted; })[0];
    Array.prototype.forEach.call(this.head.rows[0].cells, function (cell) {
      cell.removeAttribute("aria-sort");
      if (cell.getAttribute("data-key") === table.sorted) {
        cell.setAttribute("aria-sort", table.isDown ? "descending" : "ascending");
      }
    });
    var keyed = this.rows.map(function (row) {
      return { row: row, key: column ? column.order(row) : row };
    });
    keyed.sort(function (one, other) {
      var isLast = one.key === null || one.key === "", otherLast = other.key === null || other.key === "";
      if (isLast !== otherLast) return isLast ? 1 : -1;
      if (!isLast && one.key !== other.key) {
        if (typeof one.key === "number") return column ? sign * (one.key - other.key) : one.key - other.key;
        var found = table.collator.compare(one.key, other.key);
        if (found) return sign * found;
      }
      return one.row - other.row;
    });
    this.rows = keyed.map(function (one) { return one.row; });
  };

  SortedTable.prototype.show = function () {
    var table = this, lines = document.createDocumentFragment();
    this.rows.slice(this.first, this.first + this.size).forEach(function (row) {
      var line = pieces.element("tr", row === table.chosen ? "ov-chosen" : "");
      line.setAttribute("data-row", row);
      table.columns.forEach(function (column) {
        var cell = pieces.element("td", (column.isNumber ? "ov-number" : "ov-text")
          + (column.isChosen ? " ov-figure" : ""));
        column.fill(cell, row);
        line.appendChild(cell);
      });
      line.addEventListener("click", function (event) {
        if (!event.target.closest("a")) table.options.select(row);
      });
      lines.appendChild(line);
    });
    this.body.textContent = "";
    this.body.appendChild(lines);
    this.showPager();
  };

  SortedTable.prototype.showPager = function () {
    var table = this, words = this.options.words, count = this.rows.length;
    this.pager.textContent = "";
    if (!this.options.words.rows_shown || this.options.isShort) return;
    var text = count ? pieces.fill(words.rows_shown, {
      from: pieces.grouped(this.first + 1, 0),
      to: pieces.grouped(Math.min(this.first + this.size, count), 0),
      count: pieces.grouped(count, 0),
    }) : words.rows_none;
    this.pager.appendChild(pieces.element("span", "ov-count", text));
    if (count <= this.size) return;
    [["page_before", -this.size], ["page_after", this.size]].forEach(function (way) {
      var button = pieces.element("button", "ov-button ov-screen", words[way[0]]);
      var next = table.first + way[1];
      button.type = "button";
      button.disabled = next < 0 || next >= count;
      button.addEventListener("click", function () {
        table.first = next;
        table.show();
        table.box.scrollTop = 0;
      });
      table.pager.appendChild(button);
    });
  };

  // Mark a row, and turn to the page that it is on.
  SortedTable.prototype.choose = function (row, turns) {
    this.chosen = row;
    var place = this.rows.indexOf(row);
    if (turns && place >= 0) this.first = Math.floor(place / this.size) * this.size;
    this.show();
    var line = this.body.querySelector("tr.ov-chosen");
    if (turns && line) {
      this.box.scrollTop = line.offsetTop - this.box.clientHeight / 2;
    }
  };

  window.lifecircleOverviewTable = SortedTable;
})();
