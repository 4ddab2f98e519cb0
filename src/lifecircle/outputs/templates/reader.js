/*
 * Whole numbers in few bytes, as outputs/number_bytes.py writes them, and long lists of numbers in the
 * page's data made lists again.
 */
(function () {
  "use strict";

  function Reader(text) {
    this.bytes = window.atob(text);
    this.at = 0;
  }

  Reader.prototype.unsigned = function () {
    var value = 0, scale = 1, byte = 128;
    while (byte >= 128) {
      byte = this.bytes.charCodeAt(this.at);
      this.at += 1;
      value += (byte % 128) * scale;
      scale *= 128;
    }
    return value;
  };

  Reader.prototype.signed = function () {
    var value = this.unsigned();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  };

  Reader.prototype.list = function (count, Kind, isSigned) {
    var values = new Kind(count);
    for (var i = 0; i < count; i += 1) values[i] = isSigned ? this.signed() : this.unsigned();
    return values;
  };

  Reader.prototype.steps = function (count, Kind) {
    var values = new Kind(count), value = 0;
    for (var i = 0; i < count; i += 1) {
      value += this.signed();
      values[i] = value;
    }
    return values;
  };

  // A list of numbers as a page carries it: digits behind the point, the least of them, how many, and
  // by how much and one each is above the least; 0 stands for what is not known.
  function listOf(packed) {
    var reader = new Reader(packed.bytes), scale = Math.pow(10, packed.digits), list = [];
    for (var i = 0; i < packed.count; i += 1) {
      var above = reader.unsigned() - 1;
      list.push(above < 0 ? null : (above + packed.least) / scale);
    }
    return list;
  }

  // The same data with its lists of numbers as lists.
  function unpacked(value) {
    if (Array.isArray(value)) {
      for (var i = 0; i < value.length; i += 1) {
        if (value[i] !== null && typeof value[i] === "object") value[i] = unpacked(value[i]);
      }
    } else if (value !== null && typeof value === "object") {
      if (typeof value.bytes === "string" && typeof value.digits === "number") return listOf(value);
      Object.keys(value).forEach(function (key) { value[key] = unpacked(value[key]); });
    }
    return value;
  }

  window.lifecircleReader = Reader;
  window.lifecircleUnpacked = unpacked;
})();
