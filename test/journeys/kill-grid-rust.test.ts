// The kill grid of the example rust-workspace around everything that it sends, over four kinds of registry, a forge and git: see
// test/support/grid-rust.ts. All other points are in the acceptance tier.
import { rustReleaseGrid } from "../support/grid-rust.ts";
import { isSend, killGrid } from "../support/kill-grid.ts";

killGrid(rustReleaseGrid, { has: isSend });
