// A wheel or source distribution to be checked, and what was read of it before the topics judge it. `distribution` is
// the word for a Python artifact (glossary).
import type { CoreMetadata } from "../../domain/pypi/core-metadata.ts";
import type { WheelFileName } from "../../domain/pypi/names.ts";
import type { Archive, Archives, Exec } from "../../platform/ports.ts";
import type { ArtifactFinding } from "./finding.ts";

export interface Distribution {
  readonly kind: "wheel" | "sdist";
  /** File name at the registry. */
  readonly name: string;
  /** Absolute path of the bytes. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Lower-case hex; files with the same bytes are told apart by it. Absent: not compared. */
  readonly sha256?: string;
  /** What the plan says this is a distribution of. Absent: name and version are those of the file name. */
  readonly planned?: PlannedDistribution;
}

export interface PlannedDistribution {
  /** Key of the package in slipway.yaml. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly importName?: string;
}

export interface CheckOptions {
  /** Findings that twine's strict check fails on are errors: no description, no content type. */
  readonly strict: boolean;
  /** Called with each file as soon as everything about it but the comparison with the others is known. */
  readonly onChecked?: (checked: CheckedDistribution) => void;
}

export interface CheckPorts {
  readonly archives: Archives;
  readonly exec: Exec;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Where the Python process runs; it writes nothing. */
  readonly scratchFolder: string;
  toolboxPython(): Promise<string>;
}

export interface CheckedDistribution {
  readonly name: string;
  readonly findings: readonly ArtifactFinding[];
}

/** What could be read of a distribution, before anything slow is done to it. */
export interface OpenedDistribution {
  readonly distribution: Distribution;
  /** Absent: the file cannot be read as an archive. */
  readonly archive?: Archive;
  /** Folder in the archive that all rules are about: `demo-1.0.dist-info`, or the sdist's top folder. */
  readonly folder: string;
  /** Of wheels whose file name can be read. */
  readonly wheel?: WheelFileName;
  /** Absent: there is none, or none that can be read; a finding says so. */
  readonly metadata?: CoreMetadata;
  readonly findings: readonly ArtifactFinding[];
}
