/*
 * Small pieces that the map and its panel are made of. No text is ever taken for HTML: it goes into
 * textContent.
 */
(function () {
  "use strict";

  // ---- places: WGS-84 in the data; below pictures of Amap all is drawn in GCJ-02 ----

  // As in lifecircle.crs: the box outside which nothing is shifted, and Krassovsky's ellipsoid.
  var SHIFTED_AREA = [72.004, 137.8347, 0.8293, 55.8271];
  var AXIS_M = 6378245.0, ECCENTRICITY_SQUARED = 0.00669342162296594323;
  var isShifted = false;

  function isInShiftedArea(lat, lon) {
    return lon > SHIFTED_AREA[0] && lon < SHIFTED_AREA[1] && lat > SHIFTED_AREA[2] &&
      lat < SHIFTED_AREA[3];
  }

  function gcj02(lat, lon) {
    var pi = Math.PI, sin = Math.sin, x = lon - 105, y = lat - 35, root = Math.sqrt(Math.abs(x));
    var waves = 20 * (sin(6 * pi * x) + sin(2 * pi * x));
    var east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + (waves +
      20 * sin(pi * x) + 40 * sin(pi * x / 3) + 150 * sin(pi * x / 12) +
      300 * sin(pi * x / 30)) * 2 / 3;
    var north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + (waves +
      20 * sin(pi * y) + 40 * sin(pi * y / 3) + 160 * sin(pi * y / 12) +
      320 * sin(pi * y / 30)) * 2 / 3;
    var radians = lat * pi / 180, degrees = 180 / pi;
    var magic = 1 - ECCENTRICITY_SQUARED * sin(radians) * sin(radians);
    var meridian = AXIS_M * (1 - ECCENTRICITY_SQUARED) / Math.pow(magic, 1.5);
    return [lat + degrees * north / meridian,
      lon + degrees * east / (AXIS_M / Math.sqrt(magic) * Math.cos(radians))];
  }

  // Where a place of the data, [lat, lon], stands on the map.
  function onMap(at) {
    return isShifted && isInShiftedArea(at[0], at[1]) ? gcj02(at[0], at[1]) : at;
  }

  // The place of the data, [lat, lon], that stands at a place of the map.
  function fromMap(at) {
    if (!isShifted || !isInShiftedArea(at[0], at[1])) return at;
    var guess = at;
    for (var step = 0; step < 25; step += 1) {
      var there = gcj02(guess[0], guess[1]), off = [at[0] - there[0], at[1] - there[1]];
      guess = [guess[0] + off[0], guess[1] + off[1]];
      if (Math.max(Math.abs(off[0]), Math.abs(off[1])) < 1e-12) break;
    }
    return guess;
  }

  // ---- unpacking: 1e-6 degrees, longitude first, steps after the first vertex ----

  function unpackLine(packed, unit) {
    var line = [], lon = 0, lat = 0, whole = 1e6 / (unit || 1);
    for (var i = 0; i < packed.length; i += 2) {
      lon += packed[i];
      lat += packed[i + 1];
      line.push(onMap([lat / whole, lon / whole]));
    }
    return line;
  }

  function unpackLines(lines, unit) {
    return lines.map(function (line) { return unpackLine(line, unit); });
  }

  function unpackPolygons(polygons, unit) {
    return polygons.map(function (rings) { return unpackLines(rings, unit); });
  }

  // ---- words and small pieces of page ----

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (place, key) {
      return Object.prototype.hasOwnProperty.call(values, key) ? String(values[key]) : place;
    });
  }

  function element(tag, className, text) {
    var node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined && text !== null) node.textContent = text;
    return node;
  }

  function append(parent) {
    for (var i = 1; i < arguments.length; i += 1) {
      if (arguments[i]) parent.appendChild(arguments[i]);
    }
    return parent;
  }

  function swatch(className, colour) {
    var node = element("span", "lc-swatch " + className);
    if (colour) node.style.backgroundColor = colour;
    return node;
  }

  function people(count) {
    var digits = Number.isInteger(count) || count >= 100 ? 0 : 1;
    return count.toLocaleString("en-US", {
      minimumFractionDigits: digits, maximumFractionDigits: digits
    });
  }

  function card(title, kind, facts, className) {
    var node = element("div", "lc-card" + (className ? " " + className : ""));
    L.DomEvent.disableScrollPropagation(node);
    append(node, element("h3", "", title), kind ? element("p", "lc-kind", kind) : null);
    return append(node, factsTable(facts));
  }

  function factsTable(facts) {
    if (!facts.length) return null;
    var table = element("table", "lc-facts");
    facts.forEach(function (fact) {
      var row = append(table, element("tr")).lastChild;
      if (fact.length === 1) {
        append(row, element("td", "lc-remark", fact[0])).lastChild.colSpan = 2;
      } else append(row, element("th", "", fact[0]), element("td", "", fact[1]));
    });
    return table;
  }

  window.lifecirclePieces = {
    setShifted: function (value) { isShifted = Boolean(value); },
    onMap: onMap,
    fromMap: fromMap,
    unpackLine: unpackLine,
    unpackLines: unpackLines,
    unpackPolygons: unpackPolygons,
    fill: fill,
    element: element,
    append: append,
    swatch: swatch,
    people: people,
    factsTable: factsTable,
    card: card
  };
})();
