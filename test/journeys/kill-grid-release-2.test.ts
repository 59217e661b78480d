// One half of the kill grid of a release, see test/support/release-grid.ts.
import { releaseGrid } from "../support/release-grid.ts";

releaseGrid(1);
