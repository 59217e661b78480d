// What every generator of docs/reference gives, and how a page of it begins.

/** One generated file. */
export interface Page {
  /** Path of the file that is written. */
  readonly path: string;
  /** Path of the module it is made from. */
  readonly source: string;
  /** Text of the file. The module is loaded here, so that one that is broken spoils only its own page. */
  readonly make: () => Promise<string>;
}

/** Title and origin of a generated Markdown page. */
export function heading(title: string, source: string): string {
  return `# ${title}\n\n<!-- Generated from ${source} by \`npm run docs\`; changes here are lost. -->\n`;
}

/** A Markdown table; cells are kept on one line. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return `${[line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n")}\n`;
}
