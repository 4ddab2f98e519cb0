/*
 * Small pieces that the map and its panel are made of. No text is ever taken for HTML: it goes into
 * textContent.
 */
(function () {
  "use strict";

  // ---- unpacking: 1e-6 degrees, longitude first, steps after the first vertex ----

  function unpackLine(packed) {
    var line = [], lon = 0, lat = 0;
    for (var i = 0; i < packed.length; i += 2) {
      lon += packed[i];
      lat += packed[i + 1];
      line.push([lat / 1e6, lon / 1e6]);
    }
    return line;
  }

  function unpackPolygons(polygons) {
    return polygons.map(function (rings) { return rings.map(unpackLine); });
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

  function card(title, kind, facts) {
    var node = element("div", "lc-card");
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
    unpackLine: unpackLine,
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
