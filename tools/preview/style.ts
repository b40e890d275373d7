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
.skip:not(:focus), .spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
main:focus { outline: none; }

h1 { font-size: clamp(1.6rem, 4vw, 2rem); line-height: 1.2; letter-spacing: -.015em; }
h2 { font-size: 1.375rem; line-height: 1.25; letter-spacing: -.01em; }
h3 { font-size: 1.0625rem; font-weight: 600; line-height: 1.4; }
h4 { color: var(--muted); font-size: .8125rem; font-weight: 600; }

.counts { margin-top: .25rem; color: var(--muted); }
.fine { color: var(--fine-ink); }
.defaults { display: flex; flex-wrap: wrap; gap: .5rem 2.5rem; margin-top: 1rem; font-size: .9375rem; }
.defaults dt { color: var(--muted); font-size: .8125rem; }

nav { margin-top: 1.25rem; padding: .75rem 0; border-block: 1px solid var(--line); }
nav > ul { display: flex; flex-wrap: wrap; gap: .5rem 2.5rem; }
nav li { max-width: 100%; }
nav > ul > li, nav ul ul { display: flex; flex-wrap: wrap; align-items: center; gap: .375rem; }
nav a { display: inline-flex; align-items: center; gap: .375rem; min-height: 2rem; }
nav a.template { margin-inline-end: .25rem; font-weight: 600; }
nav ul ul a { padding: 0 .6875rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--card); font-size: .875rem; text-decoration: none; }
nav ul ul a:hover { border-color: var(--link); }

.mark { padding: 0 .4375rem; border-radius: .625rem; font-size: .75rem; font-weight: 600; line-height: 1.25rem; }
.mark.error, .problem.error { background: var(--error-ground); color: var(--error-ink); }
.mark.warning, .problem.warning { background: var(--warning-ground); color: var(--warning-ink); }
.problems { display: grid; gap: .5rem; }
.problem { padding: .5rem .75rem; border-inline-start: .25rem solid; border-radius: .25rem; font-size: .875rem; }
.problem a { color: inherit; }
.all-problems { margin-top: 2rem; }
.all-problems h2 { margin-bottom: .75rem; }

section.template { margin-top: 2.5rem; }
section.template > header, .card > header { display: flex; flex-wrap: wrap; align-items: center; gap: .375rem .625rem; }
section.template > header { margin-bottom: .875rem; }
header .problems { flex-basis: 100%; }
.badge { padding: .0625rem .5625rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--card); color: var(--muted); font-size: .75rem; line-height: 1.25rem; white-space: nowrap; }
.card .badge { background: none; }
.missing { color: var(--muted); font-size: .8125rem; }

/* The headers, email messages and SMS messages of adjacent cards start at the same height. */
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.25rem; }
.card { display: grid; grid-row: span 3; grid-template-rows: subgrid; gap: 1.125rem; min-width: 0; max-width: 46rem; padding: 1rem 1.125rem 1.25rem; border: 1px solid var(--line); border-radius: .875rem; background: var(--card); scroll-margin-top: 1rem; }
.card:target { border-color: var(--link); box-shadow: 0 0 0 1px var(--link); }
.card > * { min-width: 0; align-content: start; }
.language { font-weight: 400; color: var(--muted); }
.email, .sms { display: grid; gap: .5rem; }

.mail { border: 1px solid var(--line); border-radius: .625rem; overflow: clip; }
.subject { display: grid; grid-template-columns: 1fr; gap: .0625rem; padding: .625rem .875rem; border-bottom: 1px solid var(--line); background: var(--raised); font-weight: 600; line-height: 1.4; }
.label { color: var(--muted); font-size: .75rem; font-weight: 400; }
/* The reader can change the height, because a frame does not know the height of its content. */
.frame { height: min(42rem, 85vh); min-height: 8rem; padding-bottom: .875rem; resize: vertical; overflow: hidden; background: var(--raised); }
iframe { display: block; width: 100%; height: 100%; border: 0; background: Canvas; }
.bubble { justify-self: start; max-width: min(100%, 24rem); padding: .625rem .9375rem; border-radius: 1.125rem; border-end-start-radius: .25rem; background: var(--raised); white-space: pre-wrap; }
mark { border-radius: .25rem; background: none; color: inherit; font-weight: 600; }
mark.value { padding: 0 .1875rem; background: var(--value-ground); color: var(--value-ink); box-decoration-break: clone; -webkit-box-decoration-break: clone; }
mark.code { text-decoration: underline dotted; text-underline-offset: .25em; }
.mail .nothing { border: 0; }
.figures { color: var(--muted); font-size: .8125rem; font-variant-numeric: tabular-nums; }
.nothing { padding: .75rem .875rem; border: 1px dashed var(--line); border-radius: .625rem; color: var(--muted); font-size: .9375rem; }

footer { display: grid; gap: .375rem; max-width: 60rem; margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--muted); font-size: .875rem; }
`;
