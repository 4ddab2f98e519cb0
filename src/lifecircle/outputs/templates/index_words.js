/*
 * Words and numbers of an overview, and small pieces of its page. Data is set as text, never as HTML.
 */
(function () {
  "use strict";

  var NOBODY = -1, BEYOND = -2;

  // A word with its places filled.
  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (place, key) {
      return Object.prototype.hasOwnProperty.call(values, key) ? String(values[key]) : place;
    });
  }

  function element(name, className, text) {
    var made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function grouped(value, digits) {
    return value.toLocaleString("en-US",
      { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }

  function nobodyText(kind, words) {
    return kind === "mean" ? words.value_empty : words.value_nobody;
  }

  // What is known of a number: shares come as per cent, rounded down.
  function valueText(kind, value, words) {
    if (value === null || value === undefined) return words.value_unknown;
    if (value === NOBODY) return nobodyText(kind, words);
    if (value === BEYOND) return words.value_beyond;
    if (kind === "share") {
      return (value === 0 || value === 100 ? String(value) : value.toFixed(1)) + " %";
    }
    return grouped(value, kind === "people" || kind === "count" ? 0 : 1);
  }

  // By which a number is sorted; null for what has none and stands last.
  function order(value) {
    if (value === null || value === undefined || value === NOBODY) return null;
    return value === BEYOND ? Infinity : value;
  }

  // Class of a number; null for what has none.
  function classOf(kind, value, scale) {
    var place = null, i;
    if (order(value) === null || !scale.length) return null;
    if (value === BEYOND) return scale[scale.length - 1];
    if (kind === "minutes") {
      for (i = 0; i < scale.length; i += 1) {
        if (scale[i].high === null || value <= scale[i].high) return scale[i];
      }
    }
    for (i = 0; i < scale.length; i += 1) if (value >= scale[i].low) place = scale[i];
    return place || scale[0];
  }

  // A link to a file beside the page; none where the address cannot be written.
  function link(parts, label) {
    var address;
    try {
      address = parts.map(encodeURIComponent).join("/");
    } catch (error) {
      return null;
    }
    var made = element("a", "ov-link", label);
    made.setAttribute("href", address);
    return made;
  }

  window.lifecircleOverviewPieces = {
    NOBODY: NOBODY, BEYOND: BEYOND, fill: fill, element: element, grouped: grouped,
    nobodyText: nobodyText, valueText: valueText, order: order, classOf: classOf, link: link,
  };
})();
