// The kill grid of a release, at all other points: see test/support/release-grid.ts.
import { releaseGrid } from "../support/release-grid.ts";

releaseGrid("others");
