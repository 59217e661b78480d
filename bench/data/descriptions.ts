// Descriptions as packages have them, some 4 KB: headings, lists, code, a table, links. The title makes two of them
// different texts.

const sections = ["Install", "Use", "Configure", "Understand", "Contribute", "Changes"];
const prose =
  "It reads what is there, decides what is missing, and does only that. What was done is written down before and after, " +
  "so that it can be stopped at any moment. Nothing is guessed, and nothing is sent twice.";

export function markdown(title: string): string {
  const body = sections.map(
    (section) =>
      `## ${section}\n\n${prose} See [the guide](https://example.org/${section.toLowerCase()}).\n\n- one **thing**\n- another \`thing\`\n\n\`\`\`python\nfrom many import function_1\n\nprint(function_1(2))\n\`\`\`\n\n| option | meaning |\n|---|---|\n| \`a\` | first |\n| \`b\` | second |\n`,
  );
  return `# ${title}\n\n${prose}\n\n${body.join("\n")}`;
}

export function restructured(title: string): string {
  const under = (text: string, sign: string): string => `${text}\n${sign.repeat(text.length)}\n`;
  const body = sections.map(
    (section) =>
      `${under(section, "-")}\n${prose} See \`the guide of ${section} <https://example.org/${section.toLowerCase()}>\`_.\n\n- one **thing**\n- another \`\`thing\`\`\n\n.. code-block:: python\n\n    from many import function_1\n\n    print(function_1(2))\n\n====== =======\noption meaning\n====== =======\na      first\nb      second\n====== =======\n`,
  );
  return `${under(title, "=")}\n${prose}\n\n${body.join("\n")}`;
}
