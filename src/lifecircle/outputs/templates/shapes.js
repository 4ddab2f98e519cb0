/*
 * Marks on the map and the same in the legend: told apart by shape as well as by colour, so that
 * grey print and the colour-blind tell them apart.
 */
(function () {
  "use strict";

  var pieces = window.lifecirclePieces;

  function round(count, at) {
    var corners = [];
    for (var step = 0; step < count; step += 1) corners.push(at(2 * Math.PI * step / count, step));
    return corners;
  }

  var circle = round(28, function (turn) { return [Math.sin(turn), -Math.cos(turn)]; });
  // Corners of each shape around its middle, y downwards; what has two corners is a stroke.
  var SHAPES = {
    // gates
    triangle: [[[0, -1.1], [1.05, 0.8], [-1.05, 0.8]]],
    diamond: [[[0, -1.15], [1.15, 0], [0, 1.15], [-1.15, 0]]],
    cross: [[[-0.85, -0.85], [0.85, 0.85]], [[-0.85, 0.85], [0.85, -0.85]]],
    // facilities, by group
    circle: [circle],
    heart: [round(32, function (turn) {
      var wide = Math.sin(turn);
      return [1.12 * wide * wide * wide, -(13 * Math.cos(turn) - 5 * Math.cos(2 * turn) -
        2 * Math.cos(3 * turn) - Math.cos(4 * turn)) / 13.5 - 0.1];
    })],
    star: [round(10, function (turn, step) {
      var far = step % 2 ? 0.56 : 1.28;
      return [far * Math.sin(turn), -far * Math.cos(turn)];
    })],
    plus: [[[-0.4, -1.08], [0.4, -1.08], [0.4, -0.4], [1.08, -0.4], [1.08, 0.4], [0.4, 0.4],
      [0.4, 1.08], [-0.4, 1.08], [-0.4, 0.4], [-1.08, 0.4], [-1.08, -0.4], [-0.4, -0.4]]],
    down: [[[-1.15, -0.85], [1.15, -0.85], [0, 1.1]]],
    house: [[[0, -1.15], [1.1, -0.2], [0.8, -0.2], [0.8, 0.95], [-0.8, 0.95], [-0.8, -0.2],
      [-1.1, -0.2]]],
    bar: [[[-1.3, -0.6], [1.3, -0.6], [1.3, 0.6], [-1.3, 0.6]]],
    leaf: [round(24, function (turn) {
      // Round below, pointed above.
      var x = Math.sin(turn), y = -Math.cos(turn);
      return y < 0 ? [x * (1 + y * 0.55), y * 1.25] : [x, y * 0.95];
    })],
    ring: [circle, circle.map(function (at) { return [at[0] * 0.5, at[1] * 0.5]; }).reverse()],
    // openings, projects, sites
    square: [[[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]]],
    arch: [[[-0.85, 1], [-0.85, -0.2], [-0.6, -0.8], [0, -1.1], [0.6, -0.8], [0.85, -0.2],
      [0.85, 1]]],
    gap: [[[-1.15, -1], [-0.35, -1], [-0.35, 1], [-1.15, 1]],
      [[0.35, -1], [1.15, -1], [1.15, 1], [0.35, 1]]],
    arrow: [[[0, -1.2], [1.1, 0.1], [0.45, 0.1], [0.45, 1.05], [-0.45, 1.05], [-0.45, 0.1],
      [-1.1, 0.1]]],
    hexagon: [round(6, function (turn) {
      return [1.1 * Math.cos(turn), 1.1 * Math.sin(turn)];
    })],
    flag: [[[-0.85, -1.2], [1.1, -0.6], [-0.5, 0.1], [-0.5, 1.2], [-0.85, 1.2]]]
  };

  // Leaflet draws circles; a mark is one whose outline is another.
  L.Canvas.include({
    _updateLifecircleMark: function (layer) {
      if (!this._drawing || layer._empty()) return;
      var context = this._ctx, size = layer._radius, at = layer._point, look = layer.options;
      var parts = SHAPES[look.shape], isStroke = parts[0].length === 2;
      context.save();
      // Whatever was drawn before may have left it see-through.
      context.globalAlpha = 1;
      context.setLineDash([]);
      context.beginPath();
      parts.forEach(function (corners) {
        corners.forEach(function (corner, step) {
          context[step ? "lineTo" : "moveTo"](at.x + size * corner[0], at.y + size * corner[1]);
        });
        if (!isStroke) context.closePath();
      });
      context.lineJoin = context.lineCap = "round";
      if (look.isHollow) {
        // What is not counted, or not chosen.
        context.fillStyle = look.fillColor;
        context.fill("evenodd");
        context.strokeStyle = look.color;
        context.lineWidth = look.weight;
        context.stroke();
      } else {
        // A rim, so that a mark stands out from what lies below.
        context.strokeStyle = look.color;
        context.lineWidth = 2 * look.weight + (isStroke ? 1.8 : 0);
        context.stroke();
        context.fillStyle = context.strokeStyle = look.fillColor;
        context.lineWidth = 2;
        if (isStroke) context.stroke();
        else context.fill("evenodd");
      }
      if (look.number) this._lifecircleNumber(look.number, at.x + size + 1.5, at.y - size);
      context.restore();
    },
    _lifecircleNumber: function (text, x, y) {
      var context = this._ctx;
      context.font = "bold 12px Arial, sans-serif";
      context.textBaseline = "middle";
      context.lineWidth = 3.5;
      context.strokeStyle = "#ffffff";
      context.strokeText(text, x, y);
      context.fillStyle = "#111111";
      context.fillText(text, x, y);
    }
  });
  var Mark = L.CircleMarker.extend({
    options: { shape: "circle", isHollow: false, number: "", color: "#ffffff", weight: 1.2,
      fillOpacity: 1 },
    _updatePath: function () { this._renderer._updateLifecircleMark(this); },
    // A number stands beyond the circle that Leaflet wipes out and draws anew.
    _updateBounds: function () {
      L.CircleMarker.prototype._updateBounds.call(this);
      var wide = this._radius * 0.4 + 2;
      if (this.options.number) wide += 10 + 8 * this.options.number.length;
      this._pxBounds.min._subtract(L.point(wide, wide));
      this._pxBounds.max._add(L.point(wide, wide));
    }
  });

  // The legend's own picture of a mark.
  function picture(look) {
    var svg = "http://www.w3.org/2000/svg", node = document.createElementNS(svg, "svg");
    var path = document.createElementNS(svg, "path"), parts = SHAPES[look.shape];
    var isStroke = parts[0].length === 2;
    node.setAttribute("viewBox", "-1.7 -1.7 3.4 3.4");
    node.setAttribute("class", "lc-mark");
    node.setAttribute("aria-hidden", "true");
    path.setAttribute("d", parts.map(function (corners) {
      return "M" + corners.map(function (corner) {
        return corner.map(function (one) { return one.toFixed(2); }).join(" ");
      }).join("L") + (isStroke ? "" : "Z");
    }).join(""));
    path.setAttribute("fill-rule", "evenodd");
    path.setAttribute("fill", isStroke ? "none" : look.isHollow ? "#ffffff" : look.colour);
    path.setAttribute("stroke", look.colour);
    path.setAttribute("stroke-width", isStroke ? "0.6" : look.isHollow ? "0.36" : "0");
    path.setAttribute("stroke-linecap", "round");
    return pieces.append(node, path);
  }

  pieces.Mark = Mark;
  pieces.picture = picture;
})();
