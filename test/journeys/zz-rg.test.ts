import { releaseGrid } from "../support/zz-release-grid.ts";
releaseGrid(0);
