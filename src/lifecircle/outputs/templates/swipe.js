/*
 * Before and after: two panes of residents in one frame, parted by a line that is dragged with the
 * mouse, a finger or the arrow keys.
 */
(function () {
  "use strict";

  var pieces = window.lifecirclePieces, Page = pieces.Page;
  var fill = pieces.fill;
  var element = pieces.element;
  var append = pieces.append;
  var SIDES = ["before", "after"];

  // A layer of residents in a pane of its own for each side.
  Page.prototype.sideLayers = function () {
    var page = this, residents = this.data.residents;
    return SIDES.map(function (side, at) {
      var name = "lifecircle-" + side, pane = page.map.createPane(name);
      pane.style.zIndex = 390 + at;
      pane.style.pointerEvents = "none";
      var canvas = L.canvas({ pane: name, padding: 0.3 });
      return { figures: residents[side] || residents,
        rows: page.residentShapes({ renderer: canvas, pane: name, interactive: false }) };
    });
  };

  Page.prototype.addSwipe = function () {
    if (!this.data.swipe) return;
    var page = this, text = this.words, map = this.map, container = map.getContainer();
    var pane = map.createPane("lifecircle-swipe");
    pane.style.zIndex = 640;
    var line = element("div", "lc-swipe"), grip = append(line, element("span", "lc-grip", "◂▸"));
    var labels = SIDES.map(function (side) {
      return append(line, element("span", "lc-side lc-" + side, text[side])).lastChild;
    });
    this.swipeShare = 0.5;
    [["role", "slider"], ["tabindex", "0"], ["aria-label", text.swipe], ["aria-valuemin", "0"],
      ["aria-valuemax", "100"], ["aria-orientation", "horizontal"]].forEach(function (pair) {
      line.setAttribute(pair[0], pair[1]);
    });
    line.title = text.swipe;
    grip.lastChild.setAttribute("aria-hidden", "true");

    function clip() {
      var size = map.getSize(), x = Math.round(size.x * page.swipeShare);
      var from = map.containerPointToLayerPoint([0, 0]), to = map.containerPointToLayerPoint(size);
      var middle = from.x + x;
      function rectangle(left, right) {
        return "rect(" + [from.y, right, to.y, left].map(function (one) {
          return one + "px";
        }).join(",") + ")";
      }
      map.getPane("lifecircle-before").style.clip = rectangle(from.x, middle);
      map.getPane("lifecircle-after").style.clip = rectangle(middle, to.x);
      // Over the marks, below the cards; the pane moves with the map, the line does not.
      L.DomUtil.setPosition(line, L.point(middle, from.y));
      line.style.height = size.y + "px";
      labels[0].hidden = page.swipeShare < 0.02;
      labels[1].hidden = page.swipeShare > 0.98;
      var percent = Math.round(page.swipeShare * 100);
      line.setAttribute("aria-valuenow", String(percent));
      line.setAttribute("aria-valuetext", fill(text.swipe_value, { share: percent }));
    }

    this.swipeTo = function (share) {
      page.swipeShare = Math.min(Math.max(share, 0), 1);
      clip();
    };

    line.addEventListener("pointerdown", function (event) {
      line.setPointerCapture(event.pointerId);
      line.classList.add("lc-dragged");
    });
    line.addEventListener("pointermove", function (event) {
      if (!line.classList.contains("lc-dragged")) return;
      var box = container.getBoundingClientRect();
      page.swipeTo((event.clientX - box.left) / box.width);
    });
    ["pointerup", "pointercancel"].forEach(function (kind) {
      line.addEventListener(kind, function () { line.classList.remove("lc-dragged"); });
    });
    line.addEventListener("keydown", function (event) {
      var step = { ArrowLeft: -0.02, ArrowDown: -0.02, ArrowRight: 0.02, ArrowUp: 0.02,
        PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      page.swipeTo(page.swipeShare + step);
    });
    L.DomEvent.disableClickPropagation(line);
    ["mousedown", "touchstart", "dblclick"].forEach(function (kind) {
      line.addEventListener(kind, function (event) { event.stopPropagation(); });
    });
    append(pane, line);
    map.on("move zoom zoomend resize viewreset", clip);
    clip();
  };

  // Minutes before and after of the services to which the walk changes.
  Page.prototype.bothSidesTable = function (row) {
    var page = this, residents = this.data.residents, text = this.words, before = residents.before;
    var table = element("table", "lc-coverage"), head = element("tr");
    ["service", "before", "after", "change"].forEach(function (key) {
      append(head, element("th", "", key === "service" ? "" : text[key]));
    });
    append(table, append(element("thead"), head));
    var body = append(table, element("tbody")).lastChild, changed = 0;
    function add(label, old, now, change) {
      append(body, append(element("tr"), element("td", "", label), element("td", "", old),
        element("td", "", now), element("td", "", change)));
    }
    function signed(difference, digits) {
      return (difference < 0 ? "−" : difference > 0 ? "+" : "") +
        Math.abs(difference).toFixed(digits);
    }
    function services(count) { return fill(text.services_count, { count: count }); }
    if (residents.total) {
      var old = before.completeness[row], now = residents.completeness[row];
      var digits = residents.cells ? 1 : 0;
      add(fill(text.completeness, { minutes: residents.minutes }),
        old === null ? text.unknown : services(old.toFixed(digits)),
        now === null ? text.unknown : services(now.toFixed(digits)),
        old === null || now === null ? text.unknown : services(signed(now - old, digits)));
    }
    residents.services.forEach(function (service, column) {
      function side(figures) {
        if (!figures.nearest[column] || page.isUnmeasured(figures, row)) return undefined;
        return figures.nearest[column][row];
      }
      var first = side(before), second = side(residents);
      if (first === second) return;
      changed += 1;
      function shown(value) { return value === undefined ? text.unknown : page.minutesText(value); }
      add(service, shown(first), shown(second), typeof first === "number" &&
        typeof second === "number" ? fill(text.minutes_value,
          { minutes: signed((second - first) / 10, 1) }) : "—");
    });
    var node = append(element("div"), element("h4", "", changed ? text.walk_both : text.walk_same));
    return append(node, table);
  };
})();
