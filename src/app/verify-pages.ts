// The release pages of `slipway verify`: compares what the record says was put on each with what the forge shows now – the
// page's state, the commit of its tag, every file by its bytes, and files that nobody planned. Changes nothing.
import { unreachable } from "../domain/error.ts";
import { stepOf, catalogueName, type Plan, type PlannedForge } from "../domain/plan/plan.ts";
import type { FindingFact } from "../domain/run/fact.ts";
import type { Asset, Looked, ReadAccess, ReadForge, Release } from "../forges/forge.ts";
import { assetsNamed, strangersAmong } from "../forges/judge.ts";
import { forgeRuleOf, type Forges } from "./forges.ts";
import type { ReleaseRecord } from "./record.ts";
import type { RecordedAsset, RecordedPage } from "./record-pages.ts";

type Verdict = "identical" | "missing" | "different" | "unknown";

export interface VerifiedPage {
  readonly forge: string;
  readonly tag: string;
  readonly url?: string;
  /** Of the page itself: its state, its prerelease mark, the commit of its tag. */
  readonly verdict: Verdict;
  readonly how: string;
  readonly assets: readonly VerifiedAsset[];
}

export interface VerifiedAsset {
  readonly name: string;
  readonly sha256: string;
  /** `stranger`: no record names it. */
  readonly verdict: Verdict | "stranger";
  readonly how: string;
}

export interface PageLook {
  readonly page: VerifiedPage;
  readonly findings: readonly FindingFact[];
}

interface Opened {
  readonly forge: ReadForge;
  readonly access: ReadAccess;
}

export interface Recorded {
  readonly record: Pick<ReleaseRecord, "plan" | "pages">;
  /** Told by this project's own journal. A record that comes as a file may be anybody's, and no credential goes where it leads. */
  readonly own: boolean;
  readonly signal: AbortSignal;
}

/** Every page of the record, one after the other; with a credential where there is one, since a draft shows to nobody else. */
export async function verifyPages(forges: () => Promise<Forges>, { record, own, signal }: Recorded): Promise<readonly PageLook[]> {
  const { pages = [], plan } = record;
  if (pages.length === 0 || plan.forge === undefined) return [];
  const opened = await openForRecord(await forges(), plan, { planned: plan.forge, own, signal });
  const looks: PageLook[] = [];
  for (const page of pages) looks.push(await verifyPage(page, opened));
  return looks;
}

async function openForRecord(
  forges: Forges,
  plan: Plan,
  { planned, own, signal }: Pick<Recorded, "own" | "signal"> & { readonly planned: PlannedForge },
): Promise<Opened> {
  if (!own) return { forge: await forges.open(planned), access: { signal } };
  const step = plan.steps.find((one) => catalogueName(one) === "forge-release");
  const rule = step === undefined ? planned.credential : forgeRuleOf(plan, step);
  const forge = await forges.open(planned);
  const { there } = await forges.has(planned, rule);
  return { forge, access: there ? { credential: await forges.credential(planned, rule), signal } : { signal } };
}

/** A record of before pages stood in it, of a run that made one: what it attached cannot be compared. */
export function untoldPages({ plan, pages, others }: Pick<ReleaseRecord, "plan" | "pages" | "others">): readonly FindingFact[] {
  const made = others.some(({ step }) => {
    const planned = stepOf(plan, step);
    return planned !== undefined && catalogueName(planned) === "forge-release";
  });
  if (pages !== undefined || !made) return [];
  const message = "The record does not say what was put on the release page: it was written before records told it";
  return [{ id: "VR-PAGE-UNKNOWN", level: "cannot-be-tried", message, hint: "Verify it on the machine that has the run's journal" }];
}

async function verifyPage(recorded: RecordedPage, opened: Opened): Promise<PageLook> {
  const { forge, access } = opened;
  const found = await forge.releases.find(recorded, access);
  switch (found.kind) {
    case "unknown":
      return ended(recorded, { verdict: "unknown", how: found.why });
    case "absent":
      return ended(recorded, hidden(recorded, access) ?? { verdict: "missing", how: "the forge has no page of the tag" });
    case "theirs":
      return ended(recorded, { verdict: "different", how: `the page of the tag was made by "${found.found.author}", not by this release` });
    case "ours":
      if (found.also.length > 0)
        return ended(recorded, { verdict: "different", how: `there are ${found.also.length + 1} pages of the tag with our mark` });
      return verifyFound(recorded, found.found, opened);
    default:
      return unreachable(found, "search");
  }
}

function hidden({ state }: RecordedPage, { credential }: ReadAccess): Judged | undefined {
  if (state !== "draft" || credential !== undefined) return undefined;
  return { verdict: "unknown", how: "it was left a draft, which shows to a credential only; a record that comes as a file is given none" };
}

interface Judged {
  readonly verdict: Verdict;
  readonly how: string;
}

/** Where there is no page of ours there are no files of ours. */
function ended(recorded: RecordedPage, judged: Judged): PageLook {
  const { verdict, how } = judged;
  const files = verdict === "unknown" ? judged : ({ verdict: "missing", how: "there is no page of ours" } as const);
  const assets = recorded.assets.filter(({ seen }) => seen).map(({ name, sha256 }) => ({ name, sha256, ...files }));
  const page: VerifiedPage = { ...told(recorded), verdict, how, assets };
  // The one finding says it all; a list of its files would only repeat it.
  return { page, findings: pageFindings(page) };
}

function told({ forge, tag, url }: RecordedPage): Pick<VerifiedPage, "forge" | "tag" | "url"> {
  return { forge, tag, ...(url === undefined ? {} : { url }) };
}

async function verifyFound(recorded: RecordedPage, release: Release, { forge, access }: Opened): Promise<PageLook> {
  const judged = judgePage(recorded, release, await forge.releases.tagCommit(recorded.tag, access));
  const listed = await forge.releases.assets(release.id, access);
  const assets: VerifiedAsset[] = [];
  for (const one of recorded.assets.filter(({ seen }) => seen)) assets.push(await verifyAsset(one, listed, { forge, access }));
  const page: VerifiedPage = { ...told(recorded), url: release.url, ...judged, assets };
  const findings = [...pageFindings(page), ...byHand(recorded, release), ...assets.flatMap((one) => assetFindings(page, one))];
  return { page, findings: [...findings, ...strangers(recorded, listed)] };
}

function judgePage(recorded: RecordedPage, release: Release, tag: Looked<string>): Judged {
  const { commit, state, prerelease } = recorded;
  const wrong = [
    ...(state === "published" && release.draft ? ["it is a draft again, and was published"] : []),
    ...(release.prerelease === prerelease ? [] : [`it is shown as ${formOf(release)}, and was released as ${formOf(recorded)}`]),
    ...(tag.kind === "found" && tag.found !== commit ? [`its tag leads to ${tag.found}, and the release is of ${commit}`] : []),
    // The tag of a draft may be made when it is published, and not before.
    ...(tag.kind === "absent" && !release.draft ? ["its tag is gone"] : []),
  ];
  if (wrong.length > 0) return { verdict: "different", how: wrong.join("; ") };
  if (tag.kind === "unknown") return { verdict: "unknown", how: `where its tag leads cannot be seen: ${tag.why}` };
  const leads = tag.kind === "found" ? `, and its tag leads to ${commit.slice(0, 12)}` : "";
  return { verdict: "identical", how: `${release.draft ? "a draft" : "published"} as ${formOf(release)}${leads}` };
}

function formOf({ prerelease }: { readonly prerelease: boolean }): string {
  return prerelease ? "a prerelease" : "final";
}

/** Somebody publishes what was left a draft: that is what drafts are for, and worth a word. */
function byHand({ state, tag, forge }: RecordedPage, release: Release): readonly FindingFact[] {
  if (state !== "draft" || release.draft) return [];
  const when = release.publishedAt === undefined ? "" : `, ${release.publishedAt}`;
  return [
    { id: "VR-PAGE-PUBLISHED", level: "warns", message: `The page ${tag} at "${forge}" was left a draft, and is published since${when}` },
  ];
}

async function verifyAsset(recorded: RecordedAsset, listed: Looked<readonly Asset[]>, { forge, access }: Opened): Promise<VerifiedAsset> {
  const base = { name: recorded.name, sha256: recorded.sha256 };
  if (listed.kind === "unknown") return { ...base, verdict: "unknown", how: listed.why };
  const [asset, ...more] = assetsNamed(listed.kind === "found" ? listed.found : [], recorded.name);
  if (asset === undefined) return { ...base, verdict: "missing", how: "the page does not list it" };
  if (more.length > 0) return { ...base, verdict: "different", how: `there are ${more.length + 1} files of that name` };
  if (asset.state === "broken") return { ...base, verdict: "missing", how: "it is listed, and its upload never ended" };
  if (asset.sha256 !== undefined && asset.sha256 !== recorded.sha256)
    return { ...base, verdict: "different", how: `the page lists it with sha256 ${asset.sha256}` };
  // A forge goes on telling the digest that it once took, whatever its store holds now.
  const got = await forge.releases.download(asset, undefined, access);
  if (got.kind === "unknown") return { ...base, verdict: "unknown", how: got.why };
  if (got.kind === "absent") return { ...base, verdict: "missing", how: "the page lists it, and does not have it" };
  if (got.sha256 !== recorded.sha256) return { ...base, verdict: "different", how: `what is handed out has sha256 ${got.sha256}` };
  const said = asset.sha256 === undefined ? "no sha256" : "the same sha256";
  return { ...base, verdict: "identical", how: `downloaded and digested; the page lists ${said}` };
}

/** Files on a page that this run made and that no record knows. What it was going to send is ours, whether it was seen or not. */
function strangers({ made, assets, forge, tag }: RecordedPage, listed: Looked<readonly Asset[]>): readonly FindingFact[] {
  if (!made) return [];
  if (listed.kind === "unknown" && !assets.some(({ seen }) => seen)) {
    const message = `Which files the page ${tag} at "${forge}" has cannot be looked at: ${listed.why}`;
    return [{ id: "VR-PAGE-UNKNOWN", level: "cannot-be-tried", message }];
  }
  if (listed.kind !== "found") return [];
  const names = assets.map(({ name }) => name);
  return strangersAmong(listed.found, names, forge).map(({ name, uploadedAt }) => ({
    id: "VR-STRANGER",
    level: "blocks",
    message: `The page ${tag} at "${forge}" has "${name}"${uploadedAt === undefined ? "" : `, uploaded ${uploadedAt}`}, and no record knows it`,
    hint: "Treat it as an incident until it is explained",
  }));
}

const incident = { hint: "Treat it as an incident until it is explained" };

function pageFindings({ forge, tag, verdict, how }: VerifiedPage): readonly FindingFact[] {
  const at = `The page ${tag} at "${forge}"`;
  switch (verdict) {
    case "identical":
      return [];
    case "unknown":
      return [{ id: "VR-PAGE-UNKNOWN", level: "cannot-be-tried", message: `${at} cannot be looked at: ${how}` }];
    case "missing":
      return [{ id: "VR-PAGE-MISSING", level: "blocks", message: `${at} is gone: ${how}` }];
    case "different":
      return [{ id: "VR-PAGE-DIFFERENT", level: "blocks", message: `${at} is not as it was released: ${how}`, ...incident }];
    default:
      return unreachable(verdict, "verdict");
  }
}

function assetFindings({ forge, tag }: VerifiedPage, { name, verdict, how }: VerifiedAsset): readonly FindingFact[] {
  const at = `"${name}" on the page ${tag} at "${forge}"`;
  switch (verdict) {
    case "identical":
      return [];
    case "unknown":
      return [{ id: "VR-UNKNOWN", level: "cannot-be-tried", message: `${at} cannot be looked at: ${how}` }];
    case "missing":
      return [{ id: "VR-MISSING", level: "blocks", message: `${at} is gone: ${how}` }];
    case "stranger":
    case "different":
      return [{ id: "VR-DIFFERENT", level: "blocks", message: `${at} is not what was released: ${how}`, ...incident }];
    default:
      return unreachable(verdict, "verdict");
  }
}
