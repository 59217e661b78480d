// The kill grid of the example native-extension from its tag, right after everything that it sends, before a word of it is written: see test/support/grid-native.ts.
// All other points, and those of a trial, are in the acceptance tier.
import { nativeGrid } from "../support/grid-native.ts";
import { isSent, killGrid } from "../support/kill-grid.ts";

killGrid(nativeGrid, { has: isSent });
