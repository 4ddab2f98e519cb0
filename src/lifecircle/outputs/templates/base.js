/*
 * Pictures of the web below the map, where they were asked for. Where they do not come, the streets
 * that lie below them are seen; nothing is said of it.
 */
(function () {
  "use strict";

  var Page = window.lifecirclePieces.Page;
  var NOTHING = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

  Page.prototype.drawBasemap = function () {
    var base = this.data.basemap, map = this.map, page = this;
    if (!base) return;
    // The streets are the ground on which the pictures are laid.
    map.getPane("lifecircle-streets").style.zIndex = 150;
    page.tiles = base.tiles.map(function (address) {
      var layer = L.tileLayer(address, { subdomains: base.subdomains || "abc",
        maxNativeZoom: base.max_zoom, maxZoom: 20, errorTileUrl: NOTHING,
        attribution: base.attribution });
      layer.on("tileload", function (event) {
        if (event.tile.src.indexOf("data:") === 0) return;
        // They carry names of their own.
        map.getContainer().classList.add("lc-tiles");
      });
      return layer.addTo(map);
    });
  };
})();
