// The product's own clock, for all entries.
import { createSystemClock } from "../../../src/platform/clock.ts";

export const clock = createSystemClock();
