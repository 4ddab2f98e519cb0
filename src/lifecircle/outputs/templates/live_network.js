/*
 * The walking network in the page: where a place joins the streets, and how far everything is from
 * there. The rules are those of lifecircle.travel_times; outputs/mapping/live.py packs what is read here.
 * Metres from the network's corner, seconds, positions in arrays; no map and no words.
 */
(function () {
  "use strict";

  var STREET = 0, STARTS_ON = 1, ENDS_ON = 2, OTHER_LENGTH = 4, OWN_ENDS = 8;
  var SAME_M = 1e-9;      // equally near
  var ON_M = 1e-6;        // no further behind an end than this is at the end
  var TOUCH_M = 3e-4;     // coordinates are rounded: to touch is not to cross
  var TOLERANCE_S = 5e-5;
  var CELL_M = 30;

  // ---- reading: outputs/number_bytes.py writes ----

  var Reader = window.lifecircleReader;

  // Pairs, each of its columns as steps; units become metres.
  Reader.prototype.places = function (count, perM) {
    var xy = new Float64Array(2 * count), x = 0, y = 0;
    for (var i = 0; i < count; i += 1) {
      x += this.signed();
      y += this.signed();
      xy[2 * i] = x / perM;
      xy[2 * i + 1] = y / perM;
    }
    return xy;
  };

  Reader.prototype.rows = function () {
    var count = this.unsigned(), rows = new Int32Array(count), row = 0;
    for (var i = 0; i < count; i += 1) {
      row += this.unsigned();
      rows[i] = row;
    }
    return rows;
  };

  Reader.prototype.runs = function (count) {
    var values = new Int32Array(count), rows = this.rows(), value = 0;
    for (var i = 0; i < rows.length; i += 1) {
      value += this.signed();
      values.fill(value, rows[i], i + 1 < rows.length ? rows[i + 1] : count);
    }
    return values;
  };

  // ---- the network ----

  function Network(data) {
    this.snapM = data.snap_m;
    this.perM = data.per_m;
    this.cellM = data.cell_m;
    this.detour = data.walls ? data.walls.detour : 1;
    this.readStreets(new Reader(data.network), data.counts[0], data.counts[1]);
    this.readWalls(data.walls);
    this.makeArcs();
    this.ways = data.ways.map(this.readWays, this);
    this.walkers = data.walkers.map(this.readWalker, this);
    this.makeGrid();
  }

  Network.prototype.readStreets = function (reader, nodeCount, edgeCount) {
    var node = reader.places(nodeCount, this.perM), start = reader.steps(edgeCount, Int32Array);
    var end = reader.list(edgeCount, Int32Array, true), edge, i;
    for (edge = 0; edge < edgeCount; edge += 1) end[edge] += start[edge];
    var flags = reader.list(edgeCount, Uint8Array), count = reader.list(edgeCount, Int32Array);
    this.nodeCount = nodeCount;
    this.edgeCount = edgeCount;
    this.start = start;
    this.end = end;
    this.flags = flags;
    this.link = new Uint8Array(edgeCount);
    this.length = new Float64Array(edgeCount);
    this.first = new Int32Array(edgeCount + 1);
    for (edge = 0; edge < edgeCount; edge += 1) {
      this.link[edge] = flags[edge] >> 4;
      this.first[edge + 1] = this.first[edge] + count[edge];
      if (flags[edge] & OTHER_LENGTH) this.length[edge] = reader.signed() / 100;
    }
    var total = this.first[edgeCount], point = new Float64Array(2 * total), perM = this.perM;
    this.lineOf = new Int32Array(total);
    this.behind = new Float64Array(total);
    for (edge = 0; edge < edgeCount; edge += 1) {
      var low = this.first[edge], last = this.first[edge + 1] - 1, own = flags[edge] & OWN_ENDS;
      var x = Math.round(node[2 * start[edge]] * perM), y = Math.round(node[2 * start[edge] + 1] * perM);
      for (i = low; i <= last; i += 1) {
        if (own || (i > low && i < last)) {
          x += reader.signed();
          y += reader.signed();
          point[2 * i] = x / perM;
          point[2 * i + 1] = y / perM;
        } else {
          var at = i === low ? start[edge] : end[edge];
          point[2 * i] = node[2 * at];
          point[2 * i + 1] = node[2 * at + 1];
        }
        this.lineOf[i] = edge;
        this.behind[i] = i === low ? 0 : this.behind[i - 1] + hypot(
          point[2 * i] - point[2 * i - 2], point[2 * i + 1] - point[2 * i - 1]);
      }
      // Rounded to centimetres: an edge without length may come out a hair below nothing.
      this.length[edge] = Math.max(0, this.length[edge] + this.behind[last]);
    }
    this.point = point;
    this.rank = reader.runs(edgeCount);
    for (edge = 0; edge < edgeCount; edge += 1) this.rank[edge] += edge;
    this.group = new Int32Array(nodeCount).fill(-1);
    this.gates = [];
    var groups = reader.unsigned();
    for (i = 0; i < groups; i += 1) {
      var members = reader.rows();
      for (var m = 0; m < members.length; m += 1) this.group[members[m]] = i;
      this.gates.push(reader.rows());
    }
  };

  Network.prototype.readWalls = function (walls) {
    this.walled = Boolean(walls);
    if (!walls) return;
    var reader = new Reader(walls.packed), lines = reader.unsigned(), i, k;
    var counts = reader.list(lines, Int32Array), owners = reader.list(lines, Int32Array), total = 0;
    for (i = 0; i < lines; i += 1) total += counts[i];
    var xy = reader.places(total, this.perM), compounds = [], segments = [], at = 0;
    for (i = 0; i < lines; i += 1) {
      var owner = owners[i] - 1;
      if (owner >= 0) {
        compounds[owner] = compounds[owner] || { rings: [], box: [Infinity, Infinity, -Infinity, -Infinity] };
        compounds[owner].rings.push([at, at + counts[i]]);
      }
      for (k = at; k < at + counts[i]; k += 1) {
        if (owner >= 0) {
          var box = compounds[owner].box;
          box[0] = Math.min(box[0], xy[2 * k]);
          box[1] = Math.min(box[1], xy[2 * k + 1]);
          box[2] = Math.max(box[2], xy[2 * k]);
          box[3] = Math.max(box[3], xy[2 * k + 1]);
        }
        if (k > at) segments.push([xy[2 * k - 2], xy[2 * k - 1], xy[2 * k], xy[2 * k + 1], owner]);
      }
      at += counts[i];
    }
    this.wallXY = xy;
    this.compounds = compounds;
    this.wallSegments = segments;
    this.gateless = {};
    var gateless = reader.rows();
    for (i = 0; i < gateless.length; i += 1) this.gateless[gateless[i]] = true;
    this.zoneNumber = {};
    this.zoneSets = [];
    var sets = reader.unsigned();
    for (i = 0; i < sets; i += 1) {
      var members = Array.prototype.slice.call(reader.rows());
      this.zoneSets.push(members);
      this.zoneNumber[members.join(",")] = i;
    }
    this.edgeZone = reader.runs(this.edgeCount);
    this.tolerance = reader.runs(this.edgeCount);
    this.innerEnds = {};
    var zones = reader.unsigned();
    for (i = 0; i < zones; i += 1) {
      var zone = reader.unsigned(), count = reader.unsigned();
      var edges = reader.list(count, Int32Array), ends = reader.list(count, Int32Array);
      var places = reader.list(2 * count, Float64Array, true), list = [];
      for (k = 0; k < count; k += 1) {
        list.push({ edge: edges[k], share: ends[k], x: places[2 * k] / this.perM, y: places[2 * k + 1] / this.perM });
      }
      this.innerEnds[zone] = list;
    }
  };

  // Compressed rows of the arcs that leave each node; a loop is no way anywhere.
  Network.prototype.makeArcs = function () {
    var first = new Int32Array(this.nodeCount + 1), edge, node;
    for (edge = 0; edge < this.edgeCount; edge += 1) {
      if (this.start[edge] === this.end[edge]) continue;
      first[this.start[edge] + 1] += 1;
      first[this.end[edge] + 1] += 1;
    }
    for (node = 0; node < this.nodeCount; node += 1) first[node + 1] += first[node];
    var at = first.slice(), arcEdge = new Int32Array(first[this.nodeCount]);
    for (edge = 0; edge < this.edgeCount; edge += 1) {
      if (this.start[edge] === this.end[edge]) continue;
      arcEdge[at[this.start[edge]]++] = edge;
      arcEdge[at[this.end[edge]]++] = edge;
    }
    this.firstArc = first;
    this.arcEdge = arcEdge;
  };

  Network.prototype.readWays = function (ways) {
    var reader = new Reader(ways.packed), edge, i;
    var joinable = new Uint8Array(this.edgeCount), closed = reader.rows();
    for (edge = 0; edge < this.edgeCount; edge += 1) joinable[edge] = this.link[edge] === STREET ? 1 : 0;
    for (i = 0; i < closed.length; i += 1) joinable[closed[i]] = 0;
    var count = reader.unsigned(), places = {
      count: count,
      row: reader.steps(count, Int32Array),
      edge: reader.steps(count, Int32Array),
      share: reader.list(count, Float64Array),
      access: reader.list(count, Float64Array)
    };
    for (i = 0; i < count; i += 1) {
      places.share[i] /= 1048576;
      places.access[i] /= 100;
    }
    places.atGate = count ? reader.rows() : [];
    if (places.atGate.length) {
      places.zone = reader.list(places.atGate.length, Int32Array);
      places.door = reader.list(2 * places.atGate.length, Float64Array, true);
      for (i = 0; i < places.door.length; i += 1) places.door[i] /= this.perM;
    }
    return { joinable: joinable, places: places, tiles: {} };
  };

  Network.prototype.readWalker = function (walker) {
    var reader = new Reader(walker.costs), rows = reader.rows(), speed = walker.speed_m_s, i;
    var forward = new Float64Array(this.edgeCount);
    for (i = 0; i < this.edgeCount; i += 1) forward[i] = this.length[i] / speed;
    var backward = forward.slice();
    [forward, backward].forEach(function (seconds) {
      for (i = 0; i < rows.length; i += 1) {
        var whole = reader.unsigned();
        seconds[rows[i]] = whole ? (whole - 1) / 100 : Infinity;
      }
    });
    return { key: walker.key, label: walker.label, speed: speed, ways: walker.ways,
      forward: forward, backward: backward };
  };

  // West, south, east and north end of all from which a street may be joined.
  Network.prototype.box = function () {
    var grid = this.grid, margin = this.snapM + CELL_M;
    return [grid.x - margin, grid.y - margin, grid.x + grid.columns * CELL_M + margin,
      grid.y + grid.rows * CELL_M + margin];
  };

  // ---- where a place joins the streets ----

  function hypot(x, y) { return Math.sqrt(x * x + y * y); }

  // Grid over the segments of all streets; who may join which is asked at each.
  Network.prototype.makeGrid = function () {
    var point = this.point, low = [Infinity, Infinity], high = [-Infinity, -Infinity], i, turn;
    for (i = 0; i < point.length; i += 1) {
      low[i % 2] = Math.min(low[i % 2], point[i]);
      high[i % 2] = Math.max(high[i % 2], point[i]);
    }
    var columns = Math.floor((high[0] - low[0]) / CELL_M) + 1;
    var rows = Math.floor((high[1] - low[1]) / CELL_M) + 1;
    var first = new Int32Array(columns * rows + 1), items = null;
    for (turn = 0; turn < 2; turn += 1) {
      for (i = 0; i + 1 < this.lineOf.length; i += 1) {
        if (this.lineOf[i] !== this.lineOf[i + 1] || this.link[this.lineOf[i]] !== STREET) continue;
        var ax = point[2 * i] - low[0], ay = point[2 * i + 1] - low[1];
        var bx = point[2 * i + 2] - low[0], by = point[2 * i + 3] - low[1];
        var row = Math.floor(Math.min(ay, by) / CELL_M), lastRow = Math.floor(Math.max(ay, by) / CELL_M);
        for (; row <= lastRow; row += 1) {
          var left = Math.min(ax, bx), right = Math.max(ax, bx);
          if (ay !== by) {
            var one = (row * CELL_M - ay) / (by - ay), two = ((row + 1) * CELL_M - ay) / (by - ay);
            var enter = Math.max(0, Math.min(one, two)), leave = Math.min(1, Math.max(one, two));
            left = Math.max(left, Math.min(ax + enter * (bx - ax), ax + leave * (bx - ax)) - 1e-6);
            right = Math.min(right, Math.max(ax + enter * (bx - ax), ax + leave * (bx - ax)) + 1e-6);
          }
          var column = Math.max(Math.floor(left / CELL_M), 0);
          var lastColumn = Math.min(Math.floor(right / CELL_M), columns - 1);
          for (; column <= lastColumn; column += 1) {
            var cell = row * columns + column;
            if (turn) items[first[cell]++] = i;
            else first[cell + 1] += 1;
          }
        }
      }
      if (turn) continue;
      for (i = 0; i < columns * rows; i += 1) first[i + 1] += first[i];
      items = new Int32Array(first[columns * rows]);
    }
    for (i = columns * rows; i > 0; i -= 1) first[i] = first[i - 1];
    first[0] = 0;
    this.grid = { x: low[0], y: low[1], columns: columns, rows: rows, first: first, items: items };
  };

  // Nearest place of the segment that begins at a vertex: how far off, how far along it, and by how
  // much the place lies beyond which of its ends.
  Network.prototype.onSegment = function (at, x, y) {
    var point = this.point, ax = point[2 * at], ay = point[2 * at + 1];
    var dx = point[2 * at + 2] - ax, dy = point[2 * at + 3] - ay, square = dx * dx + dy * dy;
    var part = square > 0 ? ((x - ax) * dx + (y - ay) * dy) / square : 0, length = Math.sqrt(square);
    var beyond = square > 0 ? Math.max(-part, part - 1) * length : 0, side = part > 0.5 ? 1 : 0;
    part = Math.min(1, Math.max(0, part));
    return { away: hypot(x - ax - part * dx, y - ay - part * dy), run: part * length,
      beyond: beyond, side: side };
  };

  Network.prototype.shareAt = function (at, run) {
    var edge = this.lineOf[at], whole = this.behind[this.first[edge + 1] - 1];
    return whole > 0 ? Math.min(1, (this.behind[at] + run) / whole) : 0;
  };

  Network.prototype.placeAt = function (edge, share) {
    var low = this.first[edge], last = this.first[edge + 1] - 1, point = this.point;
    var reach = share * this.behind[last], at = low + 1;
    while (at < last && this.behind[at] < reach) at += 1;
    var length = this.behind[at] - this.behind[at - 1];
    var part = length > 0 ? Math.min(1, Math.max(0, (reach - this.behind[at - 1]) / length)) : 0;
    return [point[2 * at - 2] + part * (point[2 * at] - point[2 * at - 2]),
      point[2 * at - 1] + part * (point[2 * at + 1] - point[2 * at - 1])];
  };

  // The nearest street that may be joined, whatever stands between. With zones, only streets that
  // lie in one of them.
  Network.prototype.nearestStreet = function (joinable, x, y, limit, zone, other) {
    var grid = this.grid, point = this.point, lineOf = this.lineOf, edgeZone = this.edgeZone;
    var reach = Math.ceil(limit / CELL_M), best = limit * (1 + 1e-12), bestAt = -1, bestRun = 0;
    var column = Math.floor((x - grid.x) / CELL_M), row = Math.floor((y - grid.y) / CELL_M);
    for (var ring = 0; ring <= reach; ring += 1) {
      // whatever lies in this ring is at least so far off
      if (bestAt >= 0 && best < (ring - 1) * CELL_M) break;
      for (var r = Math.max(row - ring, 0); r <= Math.min(row + ring, grid.rows - 1); r += 1) {
        var low = grid.y + r * CELL_M, awayY = Math.max(low - y, y - low - CELL_M, 0);
        var step = r === row - ring || r === row + ring ? 1 : Math.max(1, 2 * ring);
        for (var c = column - ring; c <= column + ring; c += step) {
          if (c < 0 || c >= grid.columns) continue;
          var left = grid.x + c * CELL_M, awayX = Math.max(left - x, x - left - CELL_M, 0);
          if (awayX * awayX + awayY * awayY > (best + 1e-6) * (best + 1e-6)) continue;
          var cell = r * grid.columns + c, last = grid.first[cell + 1];
          for (var item = grid.first[cell]; item < last; item += 1) {
            var at = grid.items[item], edge = lineOf[at];
            if (!joinable[edge]) continue;
            if (zone !== undefined && edgeZone[edge] !== zone && edgeZone[edge] !== other) continue;
            var ax = point[2 * at], ay = point[2 * at + 1];
            var dx = point[2 * at + 2] - ax, dy = point[2 * at + 3] - ay;
            var square = dx * dx + dy * dy, part = 0;
            if (square > 0) {
              part = ((x - ax) * dx + (y - ay) * dy) / square;
              part = part < 0 ? 0 : part > 1 ? 1 : part;
            }
            var offX = x - ax - part * dx, offY = y - ay - part * dy;
            var away = Math.sqrt(offX * offX + offY * offY);
            if (away >= best - SAME_M && !(away <= best + SAME_M && at !== bestAt &&
              (bestAt < 0 || this.goesBefore(at, bestAt)))) continue;
            best = Math.min(best, away);
            bestAt = at;
            bestRun = part * Math.sqrt(square);
          }
        }
      }
    }
    if (bestAt < 0) return null;
    return { edge: lineOf[bestAt], share: this.shareAt(bestAt, bestRun), access: best };
  };

  Network.prototype.goesBefore = function (one, two) {
    var line = this.lineOf[one], other = this.lineOf[two];
    return line === other ? one < two : this.rank[line] < this.rank[other];
  };

  // ---- walls ----

  // Compounds that a place lies in.
  Network.prototype.zoneSetOf = function (x, y) {
    var found = [];
    for (var i = 0; i < this.compounds.length; i += 1) {
      var one = this.compounds[i], inside = false;
      if (!one || x < one.box[0] || y < one.box[1] || x > one.box[2] || y > one.box[3]) continue;
      for (var r = 0; r < one.rings.length; r += 1) {
        for (var k = one.rings[r][0]; k + 1 < one.rings[r][1]; k += 1) {
          var ax = this.wallXY[2 * k], ay = this.wallXY[2 * k + 1];
          var bx = this.wallXY[2 * k + 2], by = this.wallXY[2 * k + 3];
          if ((ay > y) !== (by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax)) inside = !inside;
        }
      }
      if (inside) found.push(i);
    }
    return found;
  };

  Network.prototype.numberOf = function (members) {
    var number = this.zoneNumber[members.join(",")];
    return number === undefined ? -2 : number;
  };

  Network.prototype.relaxed = function (members) {
    var gateless = this.gateless;
    return this.numberOf(members.filter(function (one) { return !gateless[one]; }));
  };

  Network.prototype.crossed = function (ax, ay, bx, by, members, edge) {
    var length = hypot(bx - ax, by - ay), rx = bx - ax, ry = by - ay;
    var low = [Math.min(ax, bx), Math.min(ay, by)], high = [Math.max(ax, bx), Math.max(ay, by)];
    for (var i = 0; i < this.wallSegments.length; i += 1) {
      var wall = this.wallSegments[i], owner = wall[4];
      if (Math.max(wall[0], wall[2]) < low[0] || Math.min(wall[0], wall[2]) > high[0] ||
        Math.max(wall[1], wall[3]) < low[1] || Math.min(wall[1], wall[3]) > high[1]) continue;
      var sx = wall[2] - wall[0], sy = wall[3] - wall[1], cross = rx * sy - ry * sx;
      if (cross === 0) continue;
      var along = ((wall[0] - ax) * sy - (wall[1] - ay) * sx) / cross;
      var across = ((wall[0] - ax) * ry - (wall[1] - ay) * rx) / cross;
      if (along < -1e-12 || along > 1 + 1e-12 || across < -1e-12 || across > 1 + 1e-12) continue;
      along = Math.min(1, Math.max(0, along));
      if (Math.min(along, 1 - along) * length <= TOUCH_M) continue;
      if (edge >= 0 && owner >= 0 && (1 - along) * length <= this.tolerance[edge] / 100) continue;
      if (members && this.gateless[owner] && members.indexOf(owner) >= 0) continue;
      return true;
    }
    return false;
  };

  Network.prototype.fromOutline = function (x, y) {
    var best = Infinity;
    this.wallSegments.forEach(function (wall) {
      if (wall[4] < 0) return;
      var dx = wall[2] - wall[0], dy = wall[3] - wall[1], square = dx * dx + dy * dy;
      var part = square > 0 ? ((x - wall[0]) * dx + (y - wall[1]) * dy) / square : 0;
      part = Math.min(1, Math.max(0, part));
      best = Math.min(best, hypot(x - wall[0] - part * dx, y - wall[1] - part * dy));
    });
    return best;
  };

  // Whether the way to the nearest street is free, and that street on the place's side of the walls.
  Network.prototype.isWithinWalls = function (x, y, members, spot) {
    var to = this.placeAt(spot.edge, spot.share), there = this.edgeZone[spot.edge];
    var zone = this.numberOf(members), own = there === zone || there === this.relaxed(members);
    if (!own && there >= 0) {
      var sets = this.zoneSets[there];
      var within = sets.length < members.length &&
        sets.every(function (one) { return members.indexOf(one) >= 0; });
      own = within && this.fromOutline(x, y) <= this.tolerance[spot.edge] / 100 &&
        !this.crossed(x, y, to[0], to[1], null, -1);
    }
    return own && !this.crossed(x, y, to[0], to[1], members, spot.edge);
  };

  // The nearest street of the place's own zone that no wall hides.
  Network.prototype.visibleStreet = function (joinable, x, y, members) {
    var network = this, grid = this.grid, zone = this.numberOf(members), other = this.relaxed(members);
    var limit = this.snapM, found = [], seen = {};
    var lowColumn = Math.max(Math.floor((x - limit - grid.x) / CELL_M), 0);
    var lastColumn = Math.min(Math.floor((x + limit - grid.x) / CELL_M), grid.columns - 1);
    var lowRow = Math.max(Math.floor((y - limit - grid.y) / CELL_M), 0);
    var lastRow = Math.min(Math.floor((y + limit - grid.y) / CELL_M), grid.rows - 1);
    for (var row = lowRow; row <= lastRow; row += 1) {
      for (var column = lowColumn; column <= lastColumn; column += 1) {
        var cell = row * grid.columns + column;
        for (var item = grid.first[cell]; item < grid.first[cell + 1]; item += 1) {
          var at = grid.items[item], edge = this.lineOf[at];
          if (!joinable[edge] || seen[at]) continue;
          if (this.edgeZone[edge] !== zone && this.edgeZone[edge] !== other) continue;
          seen[at] = true;
          var spot = this.onSegment(at, x, y);
          if (spot.away > limit * (1 + 1e-12)) continue;
          var atEnd = spot.side ? at + 2 === this.first[edge + 1] : at === this.first[edge];
          if (spot.beyond > ON_M && atEnd &&
            this.flags[edge] & (spot.side ? ENDS_ON : STARTS_ON)) continue;
          found.push({ edge: edge, share: this.shareAt(at, spot.run), access: spot.away });
        }
      }
    }
    found.sort(function (a, b) {
      if (Math.abs(a.access - b.access) > SAME_M) return a.access - b.access;
      return network.rank[a.edge] - network.rank[b.edge] || a.share - b.share;
    });
    for (var i = 0; i < found.length; i += 1) {
      var to = this.placeAt(found[i].edge, found[i].share);
      if (!this.crossed(x, y, to[0], to[1], members, found[i].edge)) return found[i];
    }
    return null;
  };

  // Every place at which somebody at x, y joins the streets; empty where none is near.
  Network.prototype.joins = function (x, y, walker) {
    var joinable = this.ways[walker.ways].joinable;
    var spot = this.nearestStreet(joinable, x, y, this.snapM);
    if (!this.walled) return { joins: spot ? [spot] : [], zone: 0, byGate: false };
    var members = this.zoneSetOf(x, y), zone = this.numberOf(members);
    if (spot && !this.isWithinWalls(x, y, members, spot)) {
      spot = this.visibleStreet(joinable, x, y, members);
    }
    if (spot) return { joins: [spot], zone: zone, byGate: false };
    var detour = this.detour, gates = zone > 0 && this.innerEnds[zone] || [];
    return {
      joins: gates.map(function (gate) {
        return { edge: gate.edge, share: gate.share, access: detour * hypot(gate.x - x, gate.y - y) };
      }),
      zone: zone,
      byGate: gates.length > 0
    };
  };

  // ---- the search ----

  function part(share, seconds) { return share > 0 ? share * seconds : 0; }

  // Seconds to every node from joins, at most the limit. What only residents may pass is open to
  // those who join the streets among them.
  Network.prototype.secondsFrom = function (joins, walker, limit) {
    var network = this, best = new Float64Array(this.nodeCount).fill(Infinity), groups = {};
    joins.forEach(function (join) {
      [[network.start[join.edge], part(join.share, walker.backward[join.edge])],
        [network.end[join.edge], part(1 - join.share, walker.forward[join.edge])]
      ].forEach(function (seed) {
        var group = network.group[seed[0]], seconds = join.access / walker.speed + seed[1];
        if (seconds > limit) return;
        (groups[group] = groups[group] || []).push([seed[0], seconds]);
      });
    });
    var names = Object.keys(groups);
    names.forEach(function (group) {
      var seconds = names.length === 1 ? best : new Float64Array(network.nodeCount).fill(Infinity);
      network.spread(groups[group], walker, limit, network.gates[group] || [], seconds);
      if (names.length === 1) return;
      for (var node = 0; node < seconds.length; node += 1) {
        if (seconds[node] < best[node]) best[node] = seconds[node];
      }
    });
    return best;
  };

  Network.prototype.spread = function (seeds, walker, limit, gates, seconds) {
    var keys = [], nodes = [], size = 0, own = {}, i;
    for (i = 0; i < gates.length; i += 1) own[gates[i]] = true;
    var some = gates.length > 0, start = this.start, end = this.end;
    var forward = walker.forward, backward = walker.backward;

    function push(key, node) {
      var at = size;
      size += 1;
      while (at > 0) {
        var parent = (at - 1) >> 1;
        if (keys[parent] <= key) break;
        keys[at] = keys[parent];
        nodes[at] = nodes[parent];
        at = parent;
      }
      keys[at] = key;
      nodes[at] = node;
    }

    function drop() {
      size -= 1;
      var key = keys[size], node = nodes[size], at = 0;
      for (;;) {
        var child = 2 * at + 1;
        if (child >= size) break;
        if (child + 1 < size && keys[child + 1] < keys[child]) child += 1;
        if (keys[child] >= key) break;
        keys[at] = keys[child];
        nodes[at] = nodes[child];
        at = child;
      }
      keys[at] = key;
      nodes[at] = node;
    }

    seeds.forEach(function (seed) {
      if (seed[1] >= seconds[seed[0]]) return;
      seconds[seed[0]] = seed[1];
      push(seed[1], seed[0]);
    });
    while (size > 0) {
      var key = keys[0], node = nodes[0];
      drop();
      if (key > seconds[node]) continue;
      for (var arc = this.firstArc[node]; arc < this.firstArc[node + 1]; arc += 1) {
        var edge = this.arcEdge[arc], leaves = start[edge] === node;
        var other = leaves ? end[edge] : start[edge];
        var cost = some && own[edge] ? 0 : leaves ? forward[edge] : backward[edge];
        if (key + cost < seconds[other] && key + cost <= limit) {
          seconds[other] = key + cost;
          push(key + cost, other);
        }
      }
    }
  };

  // Seconds to a share of an edge, by either of its ends or along it from a join on it.
  Network.prototype.secondsAt = function (edge, share, seconds, joins, walker) {
    var best = Math.min(seconds[this.start[edge]] + part(share, walker.forward[edge]),
      seconds[this.end[edge]] + part(1 - share, walker.backward[edge]));
    for (var i = 0; i < joins.length; i += 1) {
      if (joins[i].edge !== edge) continue;
      var ahead = share - joins[i].share;
      best = Math.min(best, joins[i].access / walker.speed + (ahead >= 0
        ? part(ahead, walker.forward[edge]) : part(-ahead, walker.backward[edge])));
    }
    return best;
  };

  // The walk from a place: minutes to each facility that is reached, and what shapes are drawn of.
  Network.prototype.walk = function (x, y, walkerIndex, limitMin) {
    var walker = this.walkers[walkerIndex], found = this.joins(x, y, walker), joins = found.joins;
    if (!joins.length) return null;
    var limit = limitMin * 60 + TOLERANCE_S, seconds = this.secondsFrom(joins, walker, limit);
    var places = this.ways[walker.ways].places, minutes = {}, i;
    function take(row, reached) {
      if (reached > limit) return;
      var min = reached / 60;
      if (Math.fround(min) > Math.fround(limitMin)) return;
      if (!(row in minutes) || min < minutes[row]) minutes[row] = min;
    }
    for (i = 0; i < places.count; i += 1) {
      take(places.row[i], this.secondsAt(places.edge[i], places.share[i], seconds, joins, walker) +
        places.access[i] / walker.speed);
    }
    if (found.byGate) {
      for (i = 0; i < places.atGate.length; i += 1) {
        if (places.zone[i] !== found.zone) continue;
        var away = hypot(places.door[2 * i] - x, places.door[2 * i + 1] - y);
        take(places.row[places.atGate[i]], this.detour * away / walker.speed);
      }
    }
    return { walker: walker, joins: joins, byGate: found.byGate, zone: found.zone, seconds: seconds,
      limit: limit, minutes: minutes, x: x, y: y,
      access: Math.min.apply(null, joins.map(function (join) { return join.access; })) };
  };

  window.lifecircleNetwork = { Network: Network };
})();
