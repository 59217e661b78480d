// Names that one reader takes for another place, another file or none (trust §7 row 13). Every archive format has its own
// ways to hold them; the names are the same.

export interface BadName {
  readonly what: string;
  readonly name: string;
  /** What the reader says of it. */
  readonly fault: RegExp;
}

export const badNames: readonly BadName[] = [
  { what: "a way upwards", name: "../evil.py", fault: /leads upwards/ },
  { what: "a way upwards from within", name: "demo-1.0/../../evil.py", fault: /leads upwards/ },
  { what: "a way upwards at the end", name: "demo-1.0/x/..", fault: /leads upwards/ },
  { what: "an absolute path", name: "/etc/passwd", fault: /absolute path/ },
  { what: "a path of a host", name: "//host/share/x", fault: /absolute path/ },
  { what: "a drive letter", name: "C:/windows/x", fault: /absolute path/ },
  { what: "a drive letter without slash", name: "c:x", fault: /absolute path/ },
  { what: "backslashes upwards", name: "demo-1.0\\..\\..\\evil.py", fault: /backslash/ },
  { what: "a backslash at the start", name: "\\evil.py", fault: /backslash/ },
  { what: "an empty part", name: "demo-1.0//a.py", fault: /empty or "." part/ },
  { what: "a dot part", name: "demo-1.0/./a.py", fault: /empty or "." part/ },
  { what: "a dot alone", name: ".", fault: /empty or "." part/ },
  { what: "a line end", name: "demo-1.0/a\n.py", fault: /control character/ },
  { what: "an escape sequence", name: "demo-1.0/\u001b[2Ja.py", fault: /control character/ },
  { what: "a delete character", name: "demo-1.0/a\u007f.py", fault: /control character/ },
  { what: "a control character of one byte more", name: "demo-1.0/a\u009b2Jb.py", fault: /control character/ },
  { what: "a turn of the reading direction", name: "demo-1.0/a\u202eyp.exe", fault: /control character/ },
  { what: "a name of 65 folders", name: `${"d/".repeat(65)}f`, fault: /deeper than 64/ },
  { what: "a name of 2,000 bytes", name: "n".repeat(2_000), fault: /longer than 1024|more than 1024/ },
];
