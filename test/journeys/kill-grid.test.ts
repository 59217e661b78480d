// The kill grid of the example tag-driven, around everything that is sent: see test/support/tag-grid.ts.
import { tagGrid } from "../support/tag-grid.ts";

tagGrid("sends");
