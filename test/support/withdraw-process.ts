// `slipway withdraw --everything` in a process of its own, which can be killed while it runs: the same use case, clients and journal
// as in the process of the test, with the servers there.
import { fastClock } from "./fast-clock.ts";
import { fourCommand, type FourAddresses } from "./four-registries.ts";
import { withdrawInProcess } from "./in-process.ts";

export interface ChildCommand {
  readonly bed: { readonly project: string; readonly env: Readonly<Record<string, string>> };
  readonly state: string;
  readonly addresses: FourAddresses;
  readonly said: { readonly tags: readonly string[]; readonly confirm: string; readonly reason: string };
}

if (import.meta.main) {
  const { said, ...given } = JSON.parse(process.argv[2] ?? "") as ChildCommand;
  const { command } = fourCommand({ ...given, clock: fastClock(40) });
  const report = await withdrawInProcess(command, said);
  process.exitCode = report.exitCode;
}
