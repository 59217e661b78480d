// All that publishing does, loaded when a run comes to it and not before.
export { listEffects, listStaged } from "./effects.ts";
export { observe, surveyTargets, verify } from "./look.ts";
export { preflightPublishing } from "./preflight.ts";
export { preflightStaging } from "./staged.ts";
export { send } from "./send.ts";
