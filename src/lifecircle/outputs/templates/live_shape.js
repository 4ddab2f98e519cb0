/*
 * The shape of a walk: walking time at the points of a lattice, and the outline of those in time.
 * For the eye; the figures come from live_network.js. As network/lattice.py draws isochrones: each
 * lattice point joins its nearest street by a straight leg, the line runs between neighbours in time
 * and out of time, and where two neighbours join different streets it runs halfway.
 */
(function () {
  "use strict";

  var Network = window.lifecircleNetwork.Network;
  var TILE = 16, DIAGONAL = 1.5, CLEAR = 1e-3;
  var NOWHERE = -1, BY_GATE = -2;

  function hypot(x, y) { return Math.sqrt(x * x + y * y); }

  // Where the points of a tile join the streets, found once for all who may join the same.
  Network.prototype.tile = function (ways, column, row) {
    var key = column + "," + row, found = ways.tiles[key];
    if (found) return found;
    found = ways.tiles[key] = { edge: new Int32Array(TILE * TILE).fill(NOWHERE),
      share: new Float32Array(TILE * TILE), access: new Float32Array(TILE * TILE) };
    var size = TILE * this.cellM, west = column * size, south = row * size;
    // A little further than anybody joins, so that the line lies where he just may.
    var limit = this.snapM + DIAGONAL * this.cellM;
    var near = !this.walled ? [] : this.compounds.filter(function (one) {
      return one && one.box[0] <= west + size && one.box[2] >= west &&
        one.box[1] <= south + size && one.box[3] >= south;
    });
    var lone = !this.walled ? [] : this.wallSegments.filter(function (wall) {
      return wall[4] < 0 && Math.min(wall[0], wall[2]) <= west + size + limit &&
        Math.max(wall[0], wall[2]) >= west - limit && Math.min(wall[1], wall[3]) <= south + size + limit &&
        Math.max(wall[1], wall[3]) >= south - limit;
    });
    for (var index = 0; index < TILE * TILE; index += 1) {
      var x = west + (index % TILE) * this.cellM, y = south + Math.floor(index / TILE) * this.cellM;
      var members = near.length ? this.zoneSetOf(x, y) : [], zone, other, spot;
      if (this.walled) {
        zone = members.length ? this.numberOf(members) : 0;
        other = members.length ? this.relaxed(members) : 0;
      }
      spot = this.nearestStreet(ways.joinable, x, y, limit, zone, other);
      if (spot && lone.length && this.isBehind(lone, x, y, spot)) spot = null;
      if (spot) {
        found.edge[index] = spot.edge;
        found.share[index] = spot.share;
        found.access[index] = spot.access;
      } else if (zone > 0 && this.innerEnds[zone]) found.edge[index] = BY_GATE - zone;
    }
    return found;
  };

  // Whether a lone wall stands between a place and its street.
  Network.prototype.isBehind = function (walls, x, y, spot) {
    var to = this.placeAt(spot.edge, spot.share), rx = to[0] - x, ry = to[1] - y;
    return walls.some(function (wall) {
      var sx = wall[2] - wall[0], sy = wall[3] - wall[1], cross = rx * sy - ry * sx;
      if (cross === 0) return false;
      var along = ((wall[0] - x) * sy - (wall[1] - y) * sx) / cross;
      var across = ((wall[0] - x) * ry - (wall[1] - y) * rx) / cross;
      return along > 1e-3 && along < 1 - 1e-3 && across >= 0 && across <= 1;
    });
  };

  // Tiles in which somebody may be in time: those near a street that was reached.
  Network.prototype.tilesNear = function (walk) {
    var size = TILE * this.cellM, margin = this.snapM + DIAGONAL * this.cellM, point = this.point, tiles = {}, list = [];
    var network = this;

    function mark(west, south, east, north) {
      var lastColumn = Math.floor((east + margin) / size), lastRow = Math.floor((north + margin) / size);
      for (var row = Math.floor((south - margin) / size); row <= lastRow; row += 1) {
        for (var column = Math.floor((west - margin) / size); column <= lastColumn; column += 1) {
          var key = column + "," + row;
          if (!tiles[key]) list.push([column, row]);
          tiles[key] = true;
        }
      }
    }

    mark(walk.x, walk.y, walk.x, walk.y);
    for (var edge = 0; edge < this.edgeCount; edge += 1) {
      var start = walk.seconds[this.start[edge]], end = walk.seconds[this.end[edge]];
      if (start === Infinity && end === Infinity) continue;
      var low = this.first[edge], last = this.first[edge + 1] - 1;
      // of an edge that is left at one end only as much as can be walked
      var fromStart = start < Infinity ? (walk.limit - start) * walk.walker.speed : -1;
      var fromEnd = end < Infinity ? (walk.limit - end) * walk.walker.speed : -1;
      for (var at = low; at < last; at += 1) {
        if (this.behind[at] > fromStart && this.behind[last] - this.behind[at + 1] > fromEnd) continue;
        mark(Math.min(point[2 * at], point[2 * at + 2]), Math.min(point[2 * at + 1], point[2 * at + 3]),
          Math.max(point[2 * at], point[2 * at + 2]), Math.max(point[2 * at + 1], point[2 * at + 3]));
      }
    }
    walk.joins.forEach(function (join) {  // along its own street one walks without passing an end
      for (var at = network.first[join.edge]; at + 1 < network.first[join.edge + 1]; at += 1) {
        mark(Math.min(point[2 * at], point[2 * at + 2]), Math.min(point[2 * at + 1], point[2 * at + 3]),
          Math.max(point[2 * at], point[2 * at + 2]), Math.max(point[2 * at + 1], point[2 * at + 3]));
      }
    });
    return list;
  };

  // Minutes at the lattice points around what was reached, and by how many the straight leg is longer
  // than it may be; one row of points too far on every side.
  Network.prototype.surface = function (walk) {
    var size = TILE * this.cellM, tiles = this.tilesNear(walk), gates = {};
    var columnsOf = tiles.map(function (tile) { return tile[0]; });
    var rowsOf = tiles.map(function (tile) { return tile[1]; });
    var west = Math.min.apply(null, columnsOf), south = Math.min.apply(null, rowsOf);
    var columns = (Math.max.apply(null, columnsOf) - west + 1) * TILE + 2;
    var rows = (Math.max.apply(null, rowsOf) - south + 1) * TILE + 2;
    var minutes = new Float32Array(columns * rows).fill(Infinity), beyond = minutes.slice();
    tiles.forEach(function (tile) {
      this.fillTile(walk, tile[0], tile[1], [minutes, beyond],
        ((tile[1] - south) * TILE + 1) * columns + (tile[0] - west) * TILE + 1, columns, gates);
    }, this);
    return { minutes: minutes, beyond: beyond, columns: columns, rows: rows,
      cellM: this.cellM, x: west * size - this.cellM, y: south * size - this.cellM };
  };

  Network.prototype.fillTile = function (walk, column, row, made, begin, columns, gates) {
    var ways = this.ways[walk.walker.ways], size = TILE * this.cellM, seconds = walk.seconds;
    var tile = this.tile(ways, column, row), speed = walk.walker.speed, own = {};
    var forward = walk.walker.forward, backward = walk.walker.backward;
    walk.joins.forEach(function (join) { own[join.edge] = true; });
    for (var index = 0; index < TILE * TILE; index += 1) {
      var edge = tile.edge[index], best = Infinity, tooFar = -Infinity;
      if (edge >= 0) {
        var share = tile.share[index];
        best = own[edge] ? this.secondsAt(edge, share, seconds, walk.joins, walk.walker) : Math.min(
          seconds[this.start[edge]] + (share > 0 ? share * forward[edge] : 0),
          seconds[this.end[edge]] + (share < 1 ? (1 - share) * backward[edge] : 0));
        best += tile.access[index] / speed;
        tooFar = (tile.access[index] - this.snapM) / speed;
      } else if (edge < BY_GATE) {
        best = this.byGates(walk, BY_GATE - edge, column * size + (index % TILE) * this.cellM,
          row * size + Math.floor(index / TILE) * this.cellM, gates);
      }
      if (best < Infinity) {
        var at = begin + Math.floor(index / TILE) * columns + index % TILE;
        made[0][at] = best / 60;
        made[1][at] = tooFar / 60;
      }
    }
  };

  // Seconds to a place in a compound without streets: from the nearest gate in time, or straight.
  Network.prototype.byGates = function (walk, zone, x, y, gates) {
    var network = this, speed = walk.walker.speed, detour = this.detour;
    var best = walk.byGate && walk.zone === zone
      ? detour * hypot(x - walk.x, y - walk.y) / speed : Infinity;
    if (!gates[zone]) {
      gates[zone] = this.innerEnds[zone].map(function (gate) {
        return network.secondsAt(gate.edge, gate.share, walk.seconds, walk.joins, walk.walker);
      });
    }
    this.innerEnds[zone].forEach(function (gate, position) {
      best = Math.min(best, gates[zone][position] + detour * hypot(gate.x - x, gate.y - y) / speed);
    });
    return best;
  };

  // Rings around what lies within so many minutes, metres; holes among them.
  Network.prototype.outline = function (surface, limitMin, jumpMin) {
    var columns = surface.columns, rows = surface.rows, late = new Float32Array(columns * rows), i;
    for (i = 0; i < late.length; i += 1) {
      late[i] = Math.min(Math.max(surface.minutes[i] - limitMin, surface.beyond[i], -jumpMin), jumpMin);
    }
    var traced = new Uint8Array(columns * rows), rings = [];
    for (var row = 1; row < rows - 1; row += 1) {
      for (var column = 1; column < columns - 1; column += 1) {
        i = row * columns + column;
        if (late[i] <= 0 && late[i + 1] > 0 && !traced[i]) {
          rings.push(trace(late, columns, row, column, traced, surface));
        }
      }
    }
    return rings;
  };

  // One ring with those in time on the left, from the line between two points of a row, northwards.
  function trace(late, columns, firstRow, firstColumn, traced, surface) {
    var row = firstRow, column = firstColumn, heading = 0, ring = [];
    do {
      var left, right, farLeft, farRight, at = row * columns + column;
      if (heading === 0) {
        left = at; right = at + 1; farLeft = at + columns; farRight = at + columns + 1;
      } else if (heading === 1) {
        left = at + 1; right = at + columns + 1; farLeft = at; farRight = at + columns;
      } else if (heading === 2) {
        left = at + columns + 1; right = at + columns; farLeft = at + 1; farRight = at;
      } else {
        left = at + columns; right = at; farLeft = at + columns + 1; farRight = at + 1;
      }
      var inside = late[left], outside = late[right];
      var part = Math.min(Math.max(-inside / (outside - inside), CLEAR), 1 - CLEAR);
      if (heading === 0) traced[left] = 1;
      else if (heading === 2) traced[right] = 1;
      var leftColumn = left % columns, leftRow = (left - leftColumn) / columns;
      var rightColumn = right % columns, rightRow = (right - rightColumn) / columns;
      ring.push([surface.x + (leftColumn + part * (rightColumn - leftColumn)) * surface.cellM,
        surface.y + (leftRow + part * (rightRow - leftRow)) * surface.cellM]);
      var turn = 1;
      if (late[farLeft] <= 0) turn = late[farRight] <= 0 ? 3 : 0;
      else if (late[farRight] <= 0 &&
        inside + outside + late[farLeft] + late[farRight] <= 0) turn = 3;
      heading = (heading + turn) % 4;
      if (heading === 0) row += 1;
      else if (heading === 1) column -= 1;
      else if (heading === 2) row -= 1;
      else column += 1;
    } while (heading !== 0 || row !== firstRow || column !== firstColumn);
    return ring;
  }

  // Rings of each of some minutes, the fewest first.
  Network.prototype.shapes = function (walk, minutes) {
    var surface = this.surface(walk), jump = DIAGONAL * this.cellM / walk.walker.speed / 60;
    return minutes.map(function (limit) { return this.outline(surface, limit, jump); }, this);
  };
})();
