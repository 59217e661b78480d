// The names of marks: what a release leaves in a page, comment or workflow run, so that it is found there again by every
// run of the same release (DESIGN §4). How a mark is written into a text is the forges' business. Pure.

/** Of the release page of a tag. */
export function releaseMark(project: string, tag: string): string {
  return markOf("release", project, tag);
}

/** Of the comment with which a release closes its issue. */
export function commentMark(project: string, tag: string): string {
  return markOf("closed", project, tag);
}

/**
 * Of a pipeline that was started for a release. @param object of the tag, where the run made it: its own time stands in it,
 * so that a tag that was withdrawn and made again on the same commit is another one, and the same one after every crash
 */
export function dispatchMark(
  project: string,
  tag: string,
  { pipeline, object }: { readonly pipeline: string; readonly object: string | undefined },
): string {
  return markOf("start", ...(object === undefined ? [] : [object.slice(0, 16)]), project, tag, pipeline);
}

/** Of the comment that tells of a broken glass: each time in a run has its own. */
export function incidentMark(project: string, run: string, incident: string): string {
  return markOf("break-glass", run, project, incident);
}

/** Of the pull request that brings one commit of a release to a branch. */
export function pullMark(project: string, commit: string): string {
  return markOf("push", commit, project);
}

/** Letters that a mark may hold; others, and a double hyphen, which would end the comment it stands in, are replaced. */
function markOf(...parts: readonly string[]): string {
  return parts
    .join("/")
    .replaceAll(/[^A-Za-z0-9._:@/+-]/g, "_")
    .replaceAll("--", "-_")
    .slice(0, 190);
}
