// The kill grid of a trial of the example native-extension: see test/support/grid-native.ts.
import { nativeTrialGrid } from "../support/grid-native.ts";
import { killGrid } from "../support/kill-grid.ts";

killGrid(nativeTrialGrid);
