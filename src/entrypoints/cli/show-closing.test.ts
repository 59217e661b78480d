import assert from "node:assert/strict";
import { test } from "node:test";
import { kelpPlan, kelpThings, withoutHosts } from "../../../test/support/closing.ts";
import { matchGolden } from "../../../test/support/golden.ts";
import { fakeTerminal } from "../../../test/support/terminal.ts";
import { closingTable } from "../../domain/closing/closing-table.ts";
import { showClosing } from "./show-closing.ts";

const closing = closingTable(kelpPlan, kelpThings);

test("the closing table has every channel with its package, command, address and digests in full", () => {
  matchGolden("closing/table.txt", withoutHosts(showClosing({ closing, mode: "run" }, fakeTerminal())));
});

test("the closing table of a rehearsal says what would be there, and there is none of nothing", () => {
  assert.match(showClosing({ closing, mode: "rehearsal" }, fakeTerminal()), /^What would be where, and how it would be installed:\n/);
  assert.equal(showClosing({ closing: [], mode: "run" }, fakeTerminal()), "");
});

test("the closing table names a row's digests up to a limit, and shows nothing that could steer a terminal", () => {
  const digests = Array.from({ length: 60 }, (_unused, number) => ({ name: `file-${number}\u001b[31m`, digest: "sha256:00" }));
  const [row] = closing;

  const shown = showClosing({ closing: row === undefined ? [] : [{ ...row, digests }], mode: "run" }, fakeTerminal());

  assert.match(shown, /and 10 more digests\n$/);
  assert.doesNotMatch(shown, /\u001b/);
});
