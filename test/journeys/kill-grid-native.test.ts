// The kill grid of the example native-extension from its tag, around everything that it sends: see test/support/grid-native.ts.
// All other points, and those of a trial, are in the acceptance tier.
import { nativeGrid } from "../support/grid-native.ts";
import { isSend, killGrid } from "../support/kill-grid.ts";

killGrid(nativeGrid, { has: isSend });
