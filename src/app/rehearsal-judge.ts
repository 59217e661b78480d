// What PyPI asks Python's own libraries about an upload, for the registries of a rehearsal: whether the description can
// be shown, and which classifiers there are (protocols §1.2 rows 3 and 6). The same pinned libraries answer as for the
// step check-artifacts, but the server asks by itself, so that a pipeline which was not checked is refused here as there.
import { parseDescriptionType } from "../domain/pypi/content-type.ts";
import type { RehearsalHooks } from "../registries/pypi/rehearsal/service.ts";
import { judge, type Answers, type Questions } from "../steps/check-artifacts/judge.ts";
import type { World } from "./world.ts";

export type JudgePorts = Pick<World, "archives" | "exec" | "files" | "toolbox" | "childEnvironment" | "interrupted">;

const nothing: Questions = { requirements: [], specifiers: [], licenses: [], emails: [], classifiers: [], descriptions: [] };

/**
 * @param folder for the home of the Python process
 * @returns hooks that let pass what no Python can be had for: preflight has told that, and check-artifacts stops there
 */
export function pythonHooks(ports: JudgePorts, folder: string): Required<Pick<RehearsalHooks, "rendersDescription" | "classifiers">> {
  /** Every file of a release brings the same texts. */
  const asked = new Map<string, Promise<Answers | undefined>>();
  const ask = (questions: Partial<Questions>): Promise<Answers | undefined> => {
    const key = JSON.stringify(questions);
    const known = asked.get(key) ?? askPython(ports, folder, { ...nothing, ...questions }).catch(() => undefined);
    asked.set(key, known);
    return known;
  };
  return {
    async rendersDescription(text, contentType) {
      const read = parseDescriptionType(contentType ?? "text/x-rst");
      // What is no content type was refused with the other metadata.
      if (read.kind === "invalid") return true;
      const description = { type: read.type, text };
      const answers = await ask({ descriptions: [description] });
      return answers === undefined || answers.description(description).kind === "valid";
    },
    async classifiers(written) {
      const answers = written.length === 0 ? undefined : await ask({ classifiers: written });
      return (classifier) => {
        const answer = answers?.classifier(classifier) ?? { kind: "known" };
        return answer.kind === "deprecated" ? { insteadOf: answer.insteadOf } : answer.kind;
      };
    },
  };
}

async function askPython(ports: JudgePorts, folder: string, questions: Questions): Promise<Answers> {
  await ports.files.makeFolder(folder);
  return judge(questions, {
    archives: ports.archives,
    exec: ports.exec,
    env: await ports.childEnvironment({ home: folder, temporaryFolder: folder, epochSeconds: 0 }),
    signal: ports.interrupted,
    scratchFolder: folder,
    toolboxPython: () => ports.toolbox.python(),
  });
}
