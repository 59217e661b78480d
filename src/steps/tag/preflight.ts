// Before the run begins: the tags are free at the remote.
import { refWords, releaseTagsOf } from "../../domain/release-tags.ts";
import type { Finding, Planned, ReadPorts } from "../step.ts";
import { isWithdrawn, noTag, type TagInput } from "./input.ts";

/** A tag of that name at the remote is another release; one that this run pushed is no surprise. */
export async function preflightTag(planned: Planned<TagInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  const names = releaseTagsOf(planned.packages);
  if (names.length === 0) return [{ id: "PF-TAG", level: "blocks", message: noTag.message, hint: noTag.hint }];
  const there = await ports.remote("origin").refs(names.map((name) => `refs/tags/${name}`));
  if (there.kind === "unknown")
    return [
      {
        id: "PF-TAG",
        level: "cannot-be-tried",
        message: `Whether ${refWords(names)} ${names.length > 1 ? "are" : "is"} free at origin: ${there.why}`,
      },
    ];
  return names.flatMap((name): readonly Finding[] => {
    const object = there.objects.get(`refs/tags/${name}`);
    if (object === undefined) return [{ id: "PF-TAG", level: "fine", message: `Tag "${name}" is free at origin` }];
    const message = `Tag "${name}" is at origin already (${object.slice(0, 12)})`;
    if (isWithdrawn(planned.plan)) return [{ id: "PF-TAG", level: "fine", message: `${message}, and is withdrawn first` }];
    if (planned.begun) return [{ id: "PF-TAG", level: "warns", message }];
    return [
      { id: "PF-TAG", level: "blocks", message, hint: `Release the next version, or withdraw the tag: git push --delete origin ${name}` },
    ];
  });
}
