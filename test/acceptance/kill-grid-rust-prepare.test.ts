// The kill grid of the pipeline `prepare` of the example rust-workspace: see test/support/grid-rust.ts.
import { rustPrepareGrid } from "../support/grid-rust.ts";
import { killGrid } from "../support/kill-grid.ts";

killGrid(rustPrepareGrid);
