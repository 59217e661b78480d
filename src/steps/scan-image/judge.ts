// What the findings of all images mean for the release. Pure.
import { concerns, isPast, type Exception } from "./exceptions.ts";
import { stopping, type Severity, type Stopping, type Vulnerability } from "./vulnerability.ts";

export interface Policy {
  readonly stopAt: Stopping;
  readonly unknown: "stop" | "pass";
  readonly exceptions: readonly Exception[];
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

export interface Judged {
  readonly vulnerability: Vulnerability;
  /** `passes`: its severity is below what stops. */
  readonly outcome: "stops" | "excepted" | "passes";
  /** What lets it through, or would have until its last day. */
  readonly exception?: Exception;
}

export interface Judgement {
  readonly findings: readonly Judged[];
  readonly used: readonly Exception[];
  /** Exceptions that no finding needs. */
  readonly unused: readonly Exception[];
}

export function judge(vulnerabilities: readonly Vulnerability[], policy: Policy): Judgement {
  const findings = vulnerabilities.map((vulnerability) => judgeOne(vulnerability, policy)).toSorted(byWeight);
  const used = policy.exceptions.filter((one) => findings.some(({ outcome, exception }) => outcome === "excepted" && exception === one));
  const needed = new Set(findings.map(({ exception }) => exception));
  return { findings, used, unused: policy.exceptions.filter((one) => !needed.has(one)) };
}

function judgeOne(vulnerability: Vulnerability, policy: Policy): Judged {
  if (!reaches(vulnerability.severity, policy)) return { vulnerability, outcome: "passes" };
  const about = policy.exceptions.filter((one) => concerns(one, vulnerability));
  const valid = about.find((one) => !isPast(one, policy.nowMs));
  if (valid !== undefined) return { vulnerability, outcome: "excepted", exception: valid };
  const [past] = about;
  return { vulnerability, outcome: "stops", ...(past === undefined ? {} : { exception: past }) };
}

function reaches(severity: Severity, { stopAt, unknown }: Policy): boolean {
  return severity === "unknown" ? unknown === "stop" : weightOf(severity) >= weightOf(stopAt);
}

/** From -1; what is unknown may be anything, and stands above all. */
function weightOf(severity: Severity): number {
  return severity === "unknown" ? stopping.length : stopping.findIndex((one) => one === severity);
}

function byWeight(one: Judged, other: Judged): number {
  const weight = weightOf(other.vulnerability.severity) - weightOf(one.vulnerability.severity);
  const [a, b] = [one.vulnerability, other.vulnerability].map(({ package: name, id }) => `${name}\n${id}`);
  return weight !== 0 ? weight : (a ?? "") < (b ?? "") ? -1 : 1;
}
