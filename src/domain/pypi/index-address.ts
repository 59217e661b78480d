// Where a Python index that slipway.yaml gives one address for serves installers. Pure.

/** Where installers look, by custom: beside `…/legacy/` stands `…/simple/`, otherwise it is `<url>/simple/`. */
export function indexBeside(uploadUrl: string): string {
  const root = uploadUrl.replace(/\/+$/, "");
  return `${root.endsWith("/legacy") ? root.slice(0, -"/legacy".length) : root}/simple/`;
}
