// All rows, in the order of the page.
import type { Row } from "./row.ts";
import { bumpRow } from "./rows/bump.ts";
import { changelogRow } from "./rows/changelog.ts";
import { checkRow } from "./rows/check.ts";
import { coldRow } from "./rows/cold.ts";
import { cratesRow } from "./rows/crates.ts";
import { engineRow } from "./rows/engine.ts";
import { historyRow } from "./rows/history.ts";
import { npmRow } from "./rows/npm.ts";
import { planRow } from "./rows/plan.ts";
import { readyRow } from "./rows/ready.ts";
import { uploadLargeRow, uploadManyRow } from "./rows/upload.ts";
import { wholeRow } from "./rows/whole.ts";

export const rows: readonly Row[] = [
  coldRow,
  planRow,
  historyRow,
  changelogRow,
  bumpRow,
  checkRow,
  uploadManyRow,
  uploadLargeRow,
  npmRow,
  cratesRow,
  engineRow,
  wholeRow,
  readyRow,
];
