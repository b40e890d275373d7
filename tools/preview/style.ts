/** Each color has a value for the light and one for the dark scheme. Texts have a contrast of at least 4.5. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f3f4f6, #14161a);
  --card: light-dark(#ffffff, #1d2026);
  --raised: light-dark(#eceef2, #2b3039);
  --ink: light-dark(#1b1f27, #e9ebf0);
  --muted: light-dark(#545c6a, #a6aebc);
  --line: light-dark(#d7dbe2, #373d48);
  --link: light-dark(#0a56a8, #8cbcff);
  --value-ground: light-dark(#dfeaff, #233a63);
  --value-ink: light-dark(#163c84, #cfe0ff);
  --error-ground: light-dark(#fdecea, #3d1c1e);
  --error-ink: light-dark(#9c1518, #ffb4ad);
  --warning-ground: light-dark(#fff3d6, #38290c);
  --warning-ink: light-dark(#744600, #ffd68a);
  --fine-ink: light-dark(#17623a, #86d9a8);
}

* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 1.5rem clamp(1rem, 3vw, 2.5rem) 3rem; max-width: 100rem; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1, h2, h3, h4, p, ul, dl, dd { margin: 0; padding: 0; }
ul { list-style: none; }
a { color: var(--link); text-underline-offset: .15em; }
code { font: .925em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
:focus-visible { outline: .1875rem solid var(--link); outline-offset: .125rem; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[tabindex="-1"]:focus { outline: none; }

h1 { font-size: clamp(1.6rem, 4vw, 2rem); line-height: 1.2; letter-spacing: -.015em; }
h2 { font-size: 1.375rem; line-height: 1.25; letter-spacing: -.01em; }
h3 { font-size: 1.0625rem; font-weight: 600; line-height: 1.4; }
h4 { color: var(--muted); font-size: .8125rem; font-weight: 600; }

.counts { margin-top: .25rem; color: var(--muted); }
.fine { color: var(--fine-ink); }
.defaults { display: flex; flex-wrap: wrap; gap: .5rem 2.5rem; margin-top: 1rem; font-size: .9375rem; }
.defaults dt { color: var(--muted); font-size: .8125rem; }

/* The page shows what the fragment of its address names: a message, or all locales of a template, which need a wide screen. Otherwise it shows the first message. */
section.template, .card { display: none; }
section.template:is(:target, :has(:target)), :root:not(:has(main :target)) section.start { display: block; }
.card:target, section.template:not(:has(.card:target)) .card:first-child { display: grid; }
/* The filter of the template is for all its locales, or for a template that has none. */
.filter:has(+ .cards > .card) { display: none; }

.filter { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .625rem; min-width: 0; }
.filter details, .locales, .filter .problems { flex-basis: 100%; min-width: 0; }
.filter .chosen { font-weight: 600; }
.choices .mark { margin-inline-start: .375rem; }
summary { display: flex; justify-content: space-between; align-items: center; gap: .75rem; min-height: 2.75rem; padding: .375rem .75rem; border: 1px solid var(--line); border-radius: .625rem; background: var(--card); cursor: pointer; }
summary::after { flex: none; width: .5rem; height: .5rem; margin-block-start: -.25rem; border: solid; border-width: 0 .125rem .125rem 0; rotate: 45deg; content: ""; }
[open] > summary::after { margin-block-start: .25rem; rotate: 225deg; }
.filter summary > :first-child { min-width: 0; }
.locales { display: flex; flex-wrap: wrap; align-items: center; gap: .375rem .625rem; }
.choices { display: flex; flex-wrap: wrap; gap: .5rem .375rem; min-width: 0; }
details > .choices { max-height: 50vh; margin-top: .625rem; overflow-y: auto; }
.choices li { max-width: 100%; }
.choices a { display: inline-flex; align-items: center; min-width: 2.75rem; min-height: 2.5rem; padding: .25rem .75rem; border: 1px solid var(--line); border-radius: 1.25rem; background: var(--card); font-size: .9375rem; text-decoration: none; }
.choices a:hover { border-color: var(--link); }
.choices a[aria-current] { border-color: var(--link); background: var(--link); color: var(--card); font-weight: 600; }
.choices .all { display: none; }

.mark { padding: 0 .4375rem; border-radius: .625rem; font-size: .75rem; font-weight: 600; line-height: 1.25rem; }
.mark.error, .problem.error { background: var(--error-ground); color: var(--error-ink); }
.mark.warning, .problem.warning { background: var(--warning-ground); color: var(--warning-ink); }
.problems { display: grid; gap: .5rem; }
.problem { padding: .5rem .75rem; border-inline-start: .25rem solid; border-radius: .25rem; font-size: .875rem; }
.problem a { color: inherit; }
.all-problems { margin-top: .75rem; }
.all-problems summary { width: fit-content; font-weight: 600; }
summary.error { background: var(--error-ground); color: var(--error-ink); }
summary.warning { background: var(--warning-ground); color: var(--warning-ink); }
.all-problems > div { max-height: 40vh; margin-top: .5rem; overflow-y: auto; }

main { margin-top: 1.25rem; }
.card > header { display: flex; flex-wrap: wrap; align-items: center; gap: .375rem .625rem; }
header .problems { flex-basis: 100%; }
.badge { padding: .0625rem .5625rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--card); color: var(--muted); font-size: .75rem; line-height: 1.25rem; white-space: nowrap; }
.card .badge { background: none; }
.missing { color: var(--muted); font-size: .8125rem; }

.card { grid-template-columns: minmax(0, 46rem); gap: 1.125rem; min-width: 0; padding: 1rem clamp(.75rem, 3vw, 1.125rem) 1.25rem; border: 1px solid var(--line); border-radius: .875rem; background: var(--card); scroll-margin-top: .5rem; }
.card > .filter { padding-bottom: 1rem; border-bottom: 1px solid var(--line); }
.card > * { min-width: 0; align-content: start; }
.language { font-weight: 400; color: var(--muted); }
.email, .sms { display: grid; gap: .5rem; }

.mail { border: 1px solid var(--line); border-radius: .625rem; overflow: clip; }
.subject { display: grid; grid-template-columns: 1fr; gap: .0625rem; padding: .625rem .875rem; border-bottom: 1px solid var(--line); background: var(--raised); font-weight: 600; line-height: 1.4; }
.label { color: var(--muted); font-size: .75rem; font-weight: 400; }
/* The reader can change the height, because a frame does not know the height of its content. On a phone, it leaves room to scroll the page. */
.frame { height: min(42rem, 70vh); min-height: 8rem; padding-bottom: .875rem; resize: vertical; overflow: hidden; background: var(--raised); }
iframe { display: block; width: 100%; height: 100%; border: 0; background: Canvas; }
.bubble { justify-self: start; max-width: min(100%, 24rem); padding: .625rem .9375rem; border-radius: 1.125rem; border-end-start-radius: .25rem; background: var(--raised); white-space: pre-wrap; }
mark { border-radius: .25rem; background: none; color: inherit; font-weight: 600; }
mark.value { padding: 0 .1875rem; background: var(--value-ground); color: var(--value-ink); box-decoration-break: clone; -webkit-box-decoration-break: clone; }
mark.code { text-decoration: underline dotted; text-underline-offset: .25em; }
.mail .nothing { border: 0; }
.figures { color: var(--muted); font-size: .8125rem; font-variant-numeric: tabular-nums; }
.nothing { padding: .75rem .875rem; border: 1px dashed var(--line); border-radius: .625rem; color: var(--muted); font-size: .9375rem; }

@media (min-width: 60rem) {
  .frame { height: min(42rem, 85vh); }
  .filter { align-items: start; gap: .75rem 1.25rem; }
  .filter details { flex: 0 1 30rem; }
  .filter > :is(.badge, .missing) { margin-top: .75rem; }
  .locales { flex: 0 1 auto; min-height: 2.75rem; }
  .choices .all { display: block; }
  .card { grid-template-columns: minmax(0, 46rem) minmax(16rem, 24rem); column-gap: 1.75rem; }
  .card > :is(.filter, header) { grid-column: 1 / -1; }

  section.template:target > .filter:has(+ .cards) { display: flex; margin-bottom: 1.25rem; }
  section.template:target .card > .filter { display: none; }
  section.template:target .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.25rem; }
  /* The headers, email messages and SMS messages of adjacent cards start at the same height. */
  section.template:target .card { display: grid; grid-row: span 3; grid-template: subgrid / minmax(0, 1fr); row-gap: 1.125rem; max-width: 46rem; }
}

footer { display: grid; gap: .375rem; max-width: 60rem; margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--muted); font-size: .875rem; }
`;
