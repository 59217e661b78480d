// The kill grid of the example native-extension from its tag, a third of its points: see test/support/grid-native.ts.
import { nativeGrid } from "../support/grid-native.ts";
import { killGrid } from "../support/kill-grid.ts";

killGrid(nativeGrid, { share: 2, of: 3 });
