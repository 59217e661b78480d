// The kill grid of a release, around everything that it sends: see test/support/release-grid.ts.
import { isSend, killGrid } from "../support/kill-grid.ts";
import { releaseGrid } from "../support/release-grid.ts";

killGrid(releaseGrid, { has: isSend });
