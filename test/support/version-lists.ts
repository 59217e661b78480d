// The versions that `packaging`'s and node-semver's own tests hold, and the examples of the SemVer specification: data to
// be mapped, not code. Lists that those tests write out entry by entry are made here from what they have in common.

const public440 =
  "1.0.dev0 1.0.dev456 1.0.dev456+local 1.0a0 1.0a0.post0.dev0 1.0a0.post0 1.0a1.dev1 1.0a1.dev1+local 1.0a1 1.0a1+local 1.0b0 1.0b1.dev456 " +
  "1.0b2 1.0b2.post345.dev456 1.0b2.post345 1.0b2-346 1.0rc0 1.0rc1.dev1 1.0c1 1.0rc2 1.0 1.0.post0.dev0 1.0.post0 1.0.post456.dev34 1.0.post456 " +
  "1.0.post456+local 1.0.1.dev1 1.0.1a1 1.0.1 1.0.1+local 1.0.1.post1 1.1.dev1 1.2+a 1.2+abc 1.2+abcdef 1.2+def 1.2+0 1.2+1 1.2+1.abc 1.2+1.1 " +
  "1.2+1.1.0 1.2+2 1.2+123 1.2+123456 1.2.r32+123456 1.2.rev33+123456 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0rc1.dev456 1.0rc1 1.0.2 1.0.3+7 " +
  "1.0.4+8.0 1.0.5+9.5 1.2+1234.abc 1.2+123abc 1.2+123abc456 1.2+abc123 1.2+abc123def 1.0.dev6 1.0a1.post5 1.0a1.post5.dev6 1.0rc4 1.0.post5 " +
  "1.0+deadbeef 1.0.dev6+deadbeef 1.0a1+deadbeef 1.0a1.post5+deadbeef 1.0a1.post5.dev6+deadbeef 1.0rc4+deadbeef 1.0.post5+deadbeef";

const labels = ["dev", "a", "alpha", "b", "beta", "c", "rc", "post", "r", "rev"];
const spellings = labels.flatMap((label) =>
  [label, label.toUpperCase()].flatMap((word) => ["", ".", "-"].flatMap((mark) => ["", "1", "5"].map((n) => `1.0${mark}${word}${n}`))),
);

/** Valid, with and without an epoch, and in every spelling of every label. */
export const packagingVersions: readonly string[] = [
  ...["", "0!", "1!", "7!"].flatMap((epoch) => public440.split(" ").map((text) => `${epoch}${text}`)),
  ...spellings,
  ..."1.0-5 1.0+AbC 1.01 1.0a05 1.0b07 1.0c056 1.0rc09 1.0.post000 1.1.dev09000 00!1.2 0100!0.0 v1.0".split(" "),
  "   v1.0\t\n",
  "\u202f1.0\t\u2029\n ",
];

/** No versions. */
export const packagingRefused: readonly string[] = [
  "french toast",
  ..."1.0+a+ 1.0++ 1.0+_foobar 1.0+foo&asd 1.0+1+1 . .. 1..0 1.0. .1.0 1..2.3 1.0+\u0130 lolwat".split(" "),
  "1. 0",
  "1 .0",
  "1. 0a1",
  "1 .0a1",
  "1.0 a1",
  "1.0a 1",
  "\u0660\u0661\u0662.\u0663\u0664\u0665.\u0666\u0667\u0668\u0669",
];

/** Valid: node-semver's comparisons and increments, and the examples of the specification's own expression. */
export const semverVersions: readonly string[] = (
  "0.0.0 0.0.0-foo 0.0.1 1.0.0 0.9.9 0.10.0 0.9.0 0.99.0 2.0.0 1.2.3 1.2.3-asdf 1.2.3-4 1.2.3-4-foo 1.2.3-5-foo 1.2.3-5 1.2.3-5-Foo 3.0.0 " +
  "2.7.2+asdf 1.2.3-a.10 1.2.3-a.5 1.2.3-a.b 1.2.3-a 1.2.3-a.b.c.10.d.5 1.2.3-a.b.c.5.d.100 1.2.3-r2 1.2.3-r100 1.2.3-R2 1.2.3-0 1.2.3-1 " +
  "1.2.3-beta 1.2.3-beta+build 1.2.3-beta+otherbuild 1.2.3+build 1.2.3+otherbuild 1.3.0 1.2.4 1.2.3-tag 1.2.0-0 1.2.3-alpha.0.beta 1.2.5-0 " +
  "1.2.3-alpha.0 1.2.3-alpha.1 1.2.3-alpha.2 1.2.3-alpha.3 1.2.3-alpha.1.beta 1.2.3-alpha.10.0.beta 1.2.3-alpha.10.beta.0 1.2.3-alpha.10.beta.2 " +
  "1.2.3-alpha.9.beta 1.2.3-alpha.10.beta 1.2.3-alpha.12.beta 1.2.1-0 1.2.0-1 1.3.0-0 2.0.0-0 1.0.0-1 1.2.5-dev.0 1.2.3-dev.0 1.2.1-dev.0 " +
  "1.3.0-dev.0 2.0.0-dev.1 1.2.3-dev.bar 1.2.3-1.0 1.2.3-1.1 1.2.3-2.0 1.2.0-alpha.0 0.2.1-alpha.0 1.2.3-dev.bar.1 1.2.1-1 1.2.0-alpha 1.2.2-alpha " +
  "1.2.1-dev 2.0.0-dev 1.2.3-dev.baz 1.3.0-beta 1.0.0-rc.1+build.4 1.0.0-rc.2 0.0.4 10.20.30 1.1.2-prerelease+meta 1.1.2+meta 1.1.2+meta-valid " +
  "1.0.0-alpha 1.0.0-beta 1.0.0-alpha.beta 1.0.0-alpha.beta.1 1.0.0-alpha.1 1.0.0-alpha0.valid 1.0.0-alpha.0valid " +
  "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay 1.0.0-rc.1+build.1 2.0.0-rc.1+build.123 10.2.3-DEV-SNAPSHOT 1.2.3-SNAPSHOT-123 1.1.7 " +
  "2.0.0+build.1848 2.0.1-alpha.1227 1.0.0-alpha+beta 1.2.3----RC-SNAPSHOT.12.9.1--.12+788 1.2.3----R-S.12.9.1--.12+meta " +
  "1.2.3----RC-SNAPSHOT.12.9.1--.12 1.0.0+0.build.1-rc.10000aaa-kk-0.1 1.0.0-0A.is.legal 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 " +
  "1.0.0-alpha+001 1.0.0+20130313144700 1.0.0-beta+exp.sha.5114f85 1.0.0-0.3.7 1.0.0-x.7.z.92 1.0.0-x-y-z.--"
).split(" ");

/** No versions for a strict reader; the last is one to the specification, and too large for cargo and npm. */
export const semverRefused: readonly string[] = [
  ...(
    "1 1.2 1.2.3-0123 1.2.3-0123.0123 1.1.2+.123 +invalid -invalid -invalid+invalid -invalid.01 alpha alpha.beta alpha.beta.1 alpha.1 " +
    "alpha+beta alpha_beta alpha. alpha.. beta 1.0.0-alpha_beta -alpha. 1.0.0-alpha.. 1.0.0-alpha..1 1.0.0-alpha...1 01.1.1 1.01.1 1.1.01 " +
    "1.2.3.DEV 1.2-SNAPSHOT 1.2.31.2.3----RC-SNAPSHOT.12.09.1--..12+788 1.2-RC-SNAPSHOT -1.0.3-gamma+b7718 +justmeta 9.8.7+meta+meta " +
    "9.8.7-whatever+meta+meta v1.2.3 =1.2.3 1.2.3tag fake hello,world"
  ).split(" "),
  "v 1.2.3",
  " v1.2.3",
  "= 1.2.3",
  "hello, world",
  "",
  "99999999999999999999999.999999999999999999.99999999999999999",
];
