// The kill grid of a release, at all other points: see test/support/release-grid.ts.
import { isSend, killGrid } from "../support/kill-grid.ts";
import { releaseGrid } from "../support/release-grid.ts";

killGrid(releaseGrid, { has: (point) => !isSend(point) });
