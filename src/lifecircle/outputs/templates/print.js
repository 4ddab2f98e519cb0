/*
 * On paper: A4 or A3, upright or across, with title, map, legend, scale, north and sources, and
 * without what can only be clicked. The map is drawn anew at the size of the paper, finely enough
 * for a printer.
 */
(function () {
  "use strict";

  var pieces = window.lifecirclePieces, Page = pieces.Page;
  var fill = pieces.fill;
  var element = pieces.element;
  var append = pieces.append;
  var PAPERS = { A4: [210, 297], A3: [297, 420] };
  var MARGIN_MM = 9;
  // Dots of a canvas for each pixel of the page: 288 and 240 in an inch.
  var FINENESS = { A4: 3, A3: 2.5 };
  var fineness = 0;

  // As in Leaflet, but for the fineness.
  L.Canvas.include({
    _update: function () {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      var bounds = this._bounds, size = bounds.getSize(), canvas = this._container;
      var dots = fineness || (L.Browser.retina ? 2 : 1);
      L.DomUtil.setPosition(canvas, bounds.min);
      canvas.width = dots * size.x;
      canvas.height = dots * size.y;
      canvas.style.width = size.x + "px";
      canvas.style.height = size.y + "px";
      if (dots !== 1) this._ctx.scale(dots, dots);
      this._ctx.translate(-bounds.min.x, -bounds.min.y);
      this.fire("update");
    }
  });

  function root() { return document.getElementById("lifecircle-page"); }

  Page.prototype.addPrint = function () {
    var page = this;
    this.paper = "A4";
    this.isAcross = true;
    this.pageRule = append(document.head, element("style")).lastChild;
    this.setPaper("A4", true);
    window.addEventListener("beforeprint", function () { page.enterPrint(true); });
    window.addEventListener("afterprint", function () { page.leavePrint(); });
  };

  Page.prototype.setPaper = function (paper, isAcross) {
    this.paper = paper;
    this.isAcross = isAcross;
    this.pageRule.textContent = "@page { size: " + paper + (isAcross ? " landscape" : " portrait") +
      "; margin: " + MARGIN_MM + "mm; }";
  };

  Page.prototype.printMenu = function () {
    var page = this, text = this.words, holder = element("div", "lc-print-menu lc-screen");
    var button = element("button", "lc-toggle lc-print-button", text.print);
    var menu = element("div", "lc-print-choices"), select = element("select", "lc-select");
    var go = element("button", "lc-toggle lc-print-go", text.print_go);
    button.type = go.type = "button";
    button.setAttribute("aria-expanded", "false");
    menu.hidden = true;
    ["A4", "A3"].forEach(function (paper) {
      ["landscape", "portrait"].forEach(function (turn) {
        var option = element("option", "", fill(text["print_" + turn], { paper: paper }));
        option.value = paper + " " + turn;
        append(select, option);
      });
    });
    select.setAttribute("aria-label", text.print_choose);
    select.addEventListener("change", function () {
      var chosen = select.value.split(" ");
      page.setPaper(chosen[0], chosen[1] === "landscape");
    });
    function open(isOpen) {
      menu.hidden = !isOpen;
      button.setAttribute("aria-expanded", String(isOpen));
    }
    button.addEventListener("click", function () { open(menu.hidden); });
    holder.addEventListener("keydown", function (event) {
      if (event.key === "Escape") { open(false); button.focus(); }
    });
    go.addEventListener("click", function () {
      open(false);
      // Drawn before the browser asks for a printer, so that pictures of a basemap can come.
      page.enterPrint(false);
      setTimeout(function () { window.print(); }, 400);
    });
    append(menu, append(element("label", "lc-row"),
      element("span", "lc-label", text.print_choose), select), go);
    return append(holder, button, menu);
  };

  Page.prototype.renderers = function () {
    var found = [];
    this.map.eachLayer(function (layer) {
      if (layer instanceof L.Canvas && found.indexOf(layer) < 0) found.push(layer);
    });
    return found;
  };

  // By the browser's own command there is no time to draw anew: what is drawn within the last frame
  // covers on paper what lies below. The map is put on the paper as it is, larger or smaller.
  Page.prototype.enterPrint = function (isAtOnce) {
    if (this.printing) return;
    var page = this, map = this.map, size = PAPERS[this.paper], node = root();
    var container = map.getContainer(), seen = [container.offsetWidth, container.offsetHeight];
    var wide = (this.isAcross ? size[1] : size[0]) - 2 * MARGIN_MM;
    var high = (this.isAcross ? size[0] : size[1]) - 2 * MARGIN_MM;
    this.printing = { bounds: map.getBounds(), centre: map.getCenter(), zoom: map.getZoom(),
      snap: map.options.zoomSnap, paddings: [], isAtOnce: isAtOnce };
    if (!isAtOnce) map.closePopup();
    this.markPrinted(true);
    node.classList.add("lc-printing", this.isAcross ? "lc-across" : "lc-upright");
    node.style.width = wide + "mm";
    // A hair less than the paper, lest a second sheet comes out empty.
    node.style.height = high - 0.5 + "mm";
    this.fitLegend();
    if (isAtOnce) {
      var cell = container.parentNode, style = container.style;
      var factor = Math.min(cell.clientWidth / seen[0], cell.clientHeight / seen[1]);
      this.printing.style = style.cssText;
      style.width = seen[0] + "px";
      style.height = seen[1] + "px";
      style.transformOrigin = "0 0";
      style.transform = "scale(" + factor + ")";
      return;
    }
    fineness = FINENESS[this.paper];
    this.renderers().forEach(function (renderer) {
      page.printing.paddings.push([renderer, renderer.options.padding]);
      renderer.options.padding = 0.02;
    });
    map.options.zoomSnap = 0;
    map.invalidateSize({ animate: false, pan: false });
    this.fitPrinted();
    this.placeNames();
  };

  // What was seen on the screen is seen on the paper; all of it where nobody has moved the map.
  Page.prototype.fitPrinted = function () {
    var map = this.map;
    if (!this.moved) {
      map.fitBounds(this.data.bounds, { paddingTopLeft: [10, 26], paddingBottomRight: [10, 48],
        animate: false });
    } else map.fitBounds(this.printing.bounds, { animate: false });
    // Drawn now, for the paper does not wait for the next frame.
    this.renderers().forEach(function (renderer) {
      renderer._update();
      if (renderer._updatePaths) renderer._updatePaths();
    });
  };

  Page.prototype.leavePrint = function () {
    if (!this.printing) return;
    var map = this.map, before = this.printing, node = root();
    this.printing = null;
    fineness = 0;
    before.paddings.forEach(function (pair) { pair[0].options.padding = pair[1]; });
    node.classList.remove("lc-printing", "lc-across", "lc-upright");
    node.style.width = node.style.height = "";
    document.getElementById("lifecircle-panel").style.zoom = "";
    this.markPrinted(false);
    if (before.isAtOnce) {
      map.getContainer().style.cssText = before.style;
      return;
    }
    map.options.zoomSnap = before.snap;
    map.invalidateSize({ animate: false, pan: false });
    map.setView(before.centre, before.zoom, { animate: false });
    this.renderers().forEach(function (renderer) { renderer._update(); renderer._updatePaths(); });
    this.placeNames();
  };

  // Of the panel that is printed which is on the map.
  Page.prototype.markPrinted = function (isPrinted) {
    var page = this, text = this.words, panel = document.getElementById("lifecircle-panel");
    Array.prototype.forEach.call(panel.querySelectorAll(".lc-off"), function (node) {
      node.classList.remove("lc-off");
    });
    var date = document.querySelector(".lc-date");
    if (date) date.textContent = fill(text.print_date, { date: today() });
    if (!isPrinted) return;
    Array.prototype.forEach.call(panel.children, function (section) {
      var boxes = section.querySelectorAll("input[data-layer]"), shown = 0;
      Array.prototype.forEach.call(boxes, function (box) {
        if (box.checked) shown += 1;
        else box.parentNode.classList.add("lc-off");
      });
      var isNothing = section.classList.contains("lc-shortfalls") && page.shortfall < 0;
      if (isNothing || (!shown && !page.isPrintedSection(section))) {
        section.classList.add("lc-off");
      }
    });
  };

  Page.prototype.isPrintedSection = function (section) {
    if (section.classList.contains("lc-bands")) return this.chosenBands !== "";
    return section.classList.contains("lc-live") && Boolean(section.querySelector("table"));
  };

  function today() {
    var now = new Date();
    function two(number) { return (number < 10 ? "0" : "") + number; }
    return now.getFullYear() + "-" + two(now.getMonth() + 1) + "-" + two(now.getDate());
  }

  // As large as there is room for.
  Page.prototype.fitLegend = function () {
    var panel = document.getElementById("lifecircle-panel"), page = root();
    for (var zoom = 1; zoom >= 0.5; zoom -= 0.05) {
      panel.style.zoom = String(zoom);
      var fits = this.isAcross ? panel.scrollHeight <= panel.clientHeight + 1
        : panel.offsetHeight * zoom <= page.clientHeight * 0.36;
      if (fits) return;
    }
  };
})();
