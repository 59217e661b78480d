// The kill grid of the example npm-workspace, at all of its points: see test/support/grid-npm.ts.
import { npmGrid } from "../support/grid-npm.ts";
import { killGrid } from "../support/kill-grid.ts";

killGrid(npmGrid);
