// The kill grid of the example tag-driven, around everything that is worked and sent: see test/support/tag-grid.ts.
import { isFact, killGrid } from "../support/kill-grid.ts";
import { tagGrid } from "../support/tag-grid.ts";

killGrid(tagGrid, { has: (point) => !isFact(point) });
