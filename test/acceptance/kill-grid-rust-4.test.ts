// The kill grid of the pipeline `release` of the example rust-workspace, a quarter of its points: see test/support/grid-rust.ts.
import { rustReleaseGrid } from "../support/grid-rust.ts";
import { killGrid } from "../support/kill-grid.ts";

killGrid(rustReleaseGrid, { share: 4, of: 4 });
