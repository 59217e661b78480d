// What git-cliff is told where a project has no configuration of its own: the groups of "Keep a Changelog". Commits that
// follow no convention are listed too; what users of a package do not notice is marked, and told if nothing else is left.
import { groupRules } from "../../domain/changelog/groups.ts";

/** Strings of JSON are strings of TOML. */
const parsers = groupRules.map(({ pattern, group }) => `  { message = ${JSON.stringify(pattern)}, group = "${group}" },`).join("\n");

export const defaultConfiguration = `# Slipway's default for projects without a git-cliff configuration.
[changelog]
body = ""
trim = true

[git]
conventional_commits = true
filter_unconventional = false
require_conventional = false
split_commits = false
filter_commits = false
protect_breaking_commits = true
topo_order = false
sort_commits = "oldest"
commit_parsers = [
${parsers}
]
`;
