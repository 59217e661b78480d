// What every generator of docs/reference gives, and how a page of it begins.

/** One generated file. `make` is asked only when the source is there. */
export interface Page {
  /** Path of the file that is written. */
  readonly path: string;
  /** Path of the module it is made from. */
  readonly source: string;
  /** Text of the file. @throws Error if the module has not the shape that the generator knows */
  readonly make: (module: Readonly<Record<string, unknown>>) => string | Promise<string>;
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
