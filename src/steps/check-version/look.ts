// One thing that `check-version` looked at. Preflight and the work make the same looks and judge them differently.
import type { ErrorCode } from "../../domain/error-catalog.ts";

export type VersionLook =
  | { readonly kind: "agrees"; readonly message: string }
  /** Not wrong, and worth knowing. */
  | { readonly kind: "note"; readonly message: string }
  | { readonly kind: "wrong"; readonly code: WrongCode; readonly message: string; readonly hint: string }
  /** Nothing could be learned. */
  | { readonly kind: "unknown"; readonly message: string };

export type WrongCode = Extract<ErrorCode, "VERSION_MISMATCH" | "VERSION_TAKEN" | "VERSION_ORDER">;
