/** How the console looks: readable without it, at 360 px, in the dark, at any size of letters. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1a1d21; --paper: #fff; --soft: #f2f4f6; --line: #8a929b; --link: #0b57a4;
  --bad: #a3121f; --good: #1b6434; --warn: #7a4b00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --paper: #16191d; --soft: #22272d; --line: #87909a;
  --link: #8fc1ff; --bad: #ff9a9f; --good: #8fd6a6; --warn: #f0c274; } }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; } .skip:focus { left: 0; background: var(--paper); padding: .5rem; z-index: 1; }
header { background: var(--soft); border-bottom: 1px solid var(--line); padding: .5rem 1rem; }
.brand { margin: 0; font-weight: 600; }
.bar { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; justify-content: space-between; align-items: center; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: 0; padding: 0; }
nav a { display: inline-block; padding: .25rem 0; } nav a[aria-current] { color: inherit; font-weight: 600; }
.who { display: flex; gap: .75rem; align-items: center; }
main { padding: 0 1rem 2rem; max-width: 75rem; margin: 0 auto; } main:focus { outline: none; }
footer { padding: 1rem; text-align: center; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 1.75rem 0 .5rem; } h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); font-weight: normal; }
thead th { font-weight: 600; background: var(--soft); } tbody th { font-weight: 600; }
dd, summary, code, pre, td, th { overflow-wrap: anywhere; }
pre, code { font-family: ui-monospace, monospace; font-size: .9rem; } pre { background: var(--soft); padding: .75rem; overflow-x: auto; white-space: pre-wrap; } pre[tabindex]:not(.lines) { max-height: 32rem; overflow-y: auto; }
.field { margin: 0 0 .75rem; } .field label { display: block; font-weight: 600; }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 0 1rem; }
input, select, textarea, button { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 4px; padding: .4rem .6rem; max-width: 100%; }
input:not([type=checkbox]):not([type=radio]), select, textarea { width: 100%; min-height: 2.5rem; }
a.button { display: inline-block; background: var(--link); color: var(--paper); border-radius: 4px; padding: .5rem .8rem; text-decoration: none; }
button { background: var(--soft); cursor: pointer; min-height: 2.5rem; } button.main { background: var(--link); color: var(--paper); border-color: var(--link); }
.notice { border-left: 4px solid var(--line); background: var(--soft); padding: .6rem .8rem; }
.problem { border-color: var(--bad); } .done { border-color: var(--good); } .warning { border-color: var(--warn); }
.bad { color: var(--bad); font-weight: 600; } .good { color: var(--good); } .warn { color: var(--warn); }
figure { margin: 0 0 1rem; } .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1rem 1.5rem; }
.charts > * { min-width: 0; } .chart { display: block; width: 100%; height: 6rem; border-bottom: 1px solid var(--line); background: var(--soft); }
svg .main { fill: var(--link); } svg .failed { fill: var(--bad); } svg .most { fill: var(--line); }
.axis { display: flex; justify-content: space-between; margin: 0; font-size: .85rem; }
.key { margin-right: 1rem; white-space: nowrap; } .swatch { width: .8rem; height: .8rem; margin-right: .3rem; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1.5rem; }
dl { display: grid; grid-template-columns: minmax(8rem, 1fr) 3fr; gap: .25rem .75rem; } dt { font-weight: 600; } dd { margin: 0; }
iframe.answer { width: 100%; border: 1px solid var(--line); background: var(--paper); } .framed { padding: .25rem .4rem; overflow-wrap: anywhere; }
.framed p { margin: 0 0 .5rem; } .framed td, .framed th { overflow-wrap: break-word; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } .columns { grid-template-columns: 1fr; } }
.scroll th, .scroll td { max-width: 32ch; overflow-wrap: break-word; } .scroll code { overflow-wrap: inherit; }
.scroll time, .whole { white-space: nowrap; } .words { display: block; min-width: 14rem; }
@media (max-width: 30rem) { .stacks thead { position: absolute; left: -100rem; } .stacks table, .stacks tbody, .stacks tr { display: block; }
  .stacks tr { border-bottom: 1px solid var(--line); padding: .35rem 0; } .stacks tbody th, .stacks td { display: block; border: 0; padding: .1rem .6rem; max-width: none; overflow-wrap: anywhere; }
  .stacks tbody th::before, .stacks td::before { content: attr(data-label) ": "; font-weight: 600; } .stacks .words { display: inline; } }
main form { margin: 0 0 1.25rem; } .sign-in { max-width: 24rem; } small { display: block; }
.lines { counter-reset: line; padding-left: 4rem; } .lines code { display: block; position: relative; min-height: 1.35rem; }
.lines code::before { counter-increment: line; content: counter(line); position: absolute; left: -3.5rem; width: 3rem; text-align: right; opacity: .7; }
.lines code:target, .lines .bad { outline: 2px solid var(--bad); }
fieldset { border: 1px solid var(--line); border-radius: 4px; margin: 0 0 1rem; padding: .5rem 1rem; min-width: 0; } legend { font-weight: 600; padding: 0 .4rem; }
.made table { table-layout: fixed; min-width: 50rem; } .columns > * { min-width: 0; } .columns table { min-width: 24rem; } summary { padding: .4rem 0; cursor: pointer; } .customer .value, .lines { white-space: pre-wrap; }
.insert { border: 1px solid var(--good); color: var(--good); border-radius: 4px; padding: 0 .4rem; font-size: .85rem; white-space: nowrap; }
.muted { opacity: .8; }
`;
