// The kill grid of the example tag-driven, at the facts around what the forge is sent: see test/support/tag-grid.ts.
import { tagGrid } from "../support/tag-grid.ts";

tagGrid("facts-around-forge");
