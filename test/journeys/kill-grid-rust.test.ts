// The kill grid of the example rust-workspace right after everything that it sends, before a word of it is written, over four kinds of registry, a forge and git: see
// test/support/grid-rust.ts. All other points are in the acceptance tier.
import { rustReleaseGrid } from "../support/grid-rust.ts";
import { isSent, killGrid } from "../support/kill-grid.ts";

killGrid(rustReleaseGrid, { has: isSent });
