// Names and limits of the API of Gitea and Forgejo (v1), as their own description writes them down.
// Source: the Swagger description that each server serves; testbed §2.5a for what it does in fact.

/** Servers give at most so many by default; one may be set to fewer, and then names its next page all the same. */
export const pageSize = 50;

/** What a server takes at most is its own setting (`[repository.release] FILE_MAX_SIZE`) and told by nobody. */
export const fileBytesMax = 16 * 1024 * 1024 * 1024;

export const mediaTypes = { json: "application/json", bytes: "application/octet-stream" } as const;
